/** Asking for the release of a message, and what became of it, in Japanese. */
import { words } from '../plural.ts'
import type { UserText } from '../user.ts'

const { count } = words('ja')
const messages = (n: number) => `${count(n)}件のメール`

export const requests: UserText['requests'] = {
  ask: '配信を依頼',
  askShort: '依頼',
  askOf: (subject) => `配信を依頼：${subject}`,
  title: (n) => (n === 1 ? 'このメールの配信を依頼する' : `${messages(n)}の配信を依頼する`),
  text: 'メールの管理担当者が依頼を確認して決定します。回答はこの画面に表示されます。',
  note: '必要な理由',
  noteHint: '空欄でもかまいません。依頼と一緒に読まれます。',
  send: '依頼を送信',
  cancel: 'キャンセル',
  mayAsk:
    'このメールをご自分で配信することはできません。必要な場合は配信を依頼してください。メールの管理担当者が決定します。',
  sent: (n) => (n === 1 ? '依頼を送信しました。' : `${messages(n)}の依頼を送信しました。`),
  notSent: (n) => `${messages(n)}は依頼できませんでした。開いて理由をご確認ください。`,
  states: { open: '依頼中', approved: '承認済み', denied: '却下' },
  openText: (when) => `${when}にこのメールの配信を依頼しました。回答はこの画面に表示されます。`,
  openByOther: (when) => `このメールを読むほかの方が${when}に配信を依頼しました。`,
  deniedText: (when) => `依頼は${when}に却下されました。このメールは配信されません。`,
  approvedText: (when) => `依頼は${when}に承認されました。`,
  yourWords: '依頼の内容',
  answer: '回答',
  withdraw: '依頼を取り消す',
  withdrawn: (n) => (n === 1 ? '依頼を取り消しました。' : `${messages(n)}の依頼を取り消しました。`),
}
