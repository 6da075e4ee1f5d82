/** When digests come, in Japanese. */
import type { digest as en } from '../en/digest.ts'

export const digest: typeof en = {
  title: 'まとめメール',
  text: '新しく保留されたメールの一覧をお送りします。リンクから配信または削除ができます。',
  when: '頻度',
  usual: (often: string) => `ここでの標準:${often}`,
  daily: '毎日',
  never: '送らない',
  modes: { daily: '毎日', days: '曜日を選ぶ', off: '受け取らない' },
  days: '曜日',
  times: '時刻',
  time: (n: number) => `時刻${n}`,
  add: '時刻を追加',
  remove: (time: string) => `${time}を取り除く`,
  needDay: '曜日を1つ以上選んでください。',
  needTime: '時刻を入力してください(例:07:30)。',
  next: (when: string) => `次のまとめメール:${when}`,
  onlyNew: '新しいものがなければ送られません。',
  none: 'まとめメールは送られません。',
  written: (language: string, zone: string) =>
    `言語は${language}、時刻は${zone}のものです。どちらも上で変更できます。`,
  saved: '保存しました。',
}
