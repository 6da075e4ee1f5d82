/** Approved and blocked senders, in Japanese. */
import { words } from '../plural.ts'

const { count, plural } = words('ja')

export const senders = {
  title: '差出人',
  lead: '許可した差出人からのメールは迷惑メールとして保留されません。ブロックした差出人からのメールは保留されます。あなた宛てのメールだけに適用されます。',
  views: { label: '表示する差出人', all: 'すべて', approved: '許可', blocked: 'ブロック' },
  search: '差出人を検索',
  sender: 'メールアドレスまたはドメイン',
  hint: '例: anna@example.org。example.org と入力すると、そのドメインの全員が対象になります。複数の場合はコンマで区切ります。',
  what: '処理',
  approve: '許可する',
  block: 'ブロックする',
  until: '期間',
  forGood: '無期限',
  forDays: (n: number) => `${plural(n, { other: '日' })}間`,
  bad: 'メールアドレスでもドメインでもありません。',
  full: (n: number) => `リストがいっぱいです（最大 ${count(n)} 件）。先にいくつか削除してください。`,
  added: (n: number, sender: string) =>
    n === 1 ? `${sender} をリストに追加しました。` : `${count(n)} 件の差出人をリストに追加しました。`,
  remove: '削除',
  removeOf: (sender: string) => `削除: ${sender}`,
  removed: (sender: string) => `${sender} をリストから削除しました。`,
  changeOf: (sender: string) => `変更: ${sender}`,
  approveInstead: '許可に変更',
  blockInstead: 'ブロックに変更',
  changed: (sender: string) => `${sender} を変更しました。`,
  untilWhen: (when: string) => `${when} まで`,
  over: (when: string) => `${when} に終了`,
  used: (n: number, of: number) => `${count(of)} 件中 ${count(n)} 件`,
  found: (n: number) => `${count(n)} 件見つかりました`,
  empty: '差出人はまだありません',
  emptyText: '受け取りたいメールの差出人を許可し、受け取りたくない差出人をブロックできます。',
  nothing: '見つかりませんでした',
  nothingText: '別の言葉で検索するか、すべての差出人を表示してください。',
  showAll: 'すべての差出人を表示',
  notSpamAndApprove: '迷惑メールではない（差出人を許可）',
  deleteAndBlock: '削除して差出人をブロック',
  moreNotSpam: '差出人も許可',
  moreDelete: '差出人もブロック',
  /** After Not Spam and Delete: what became of the sender. */
  now: {
    approved: (sender: string) => `${sender} を許可しました。`,
    blocked: (sender: string) => `${sender} をブロックしました。`,
    allApproved: '差出人を許可しました。',
    allBlocked: '差出人をブロックしました。',
    full: 'リストがいっぱいのため、差出人を追加できませんでした。',
    none: 'リストに追加できる差出人がありません。',
  },
}
