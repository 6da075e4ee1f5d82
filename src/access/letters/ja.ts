/** Japanese. */
import type { LetterText } from './text.ts'

const hello = (display: string) => (display === '' ? 'こんにちは。' : `${display} 様`)

export const ja: LetterText = {
  quarantine: (organisation) => (organisation === '' ? '隔離メール' : `${organisation} の隔離メール`),
  hours: (n) => (n % 24 === 0 && n > 24 ? `${n / 24} 日間` : `${n} 時間`),
  signIn: (where, minutes) => ({
    subject: '隔離メールへのリンク',
    lead: [`${where}にログオンするためのリンクが、おそらくご本人によって請求されました。`],
    action: 'ログオン',
    after: [
      `リンクは ${minutes} 分間、一度だけ使えます。このメールを転送しないでください。リンクを持つ人は、あなたの保留中のメールを見ることができます。`,
      '心当たりがない場合は、何もする必要はありません。',
    ],
  }),
  invitation: (where, display, lasts) => ({
    subject: '隔離メールのご利用案内',
    lead: [
      hello(display),
      `これからは、あなた宛てに保留されたメールをご自身で確認できます。${where}で、メールを見る、自分に送る、削除することができます。`,
      'そのためのパスワードを設定してください。',
    ],
    action: 'パスワードを設定する',
    after: [
      `リンクは ${lasts}、一度だけ使えます。このメールを転送しないでください。リンクを持つ人は、あなたの保留中のメールを見ることができます。`,
    ],
  }),
  newPassword: (where, display, lasts) => ({
    subject: '隔離メールの新しいパスワード',
    lead: [hello(display), `このリンクで、${where}の新しいパスワードを設定できます。`],
    action: 'パスワードを設定する',
    after: [
      `リンクは ${lasts}、一度だけ使えます。それまでは今のパスワードがそのまま使えます。このメールを転送しないでください。`,
    ],
  }),
  delegation: (where, who, address, lasts) => ({
    subject: '保留メールを扱うためのコード',
    lead: [
      `${who} さんが、${where}で ${address} 宛てに保留されたメールを扱いたいと希望しています。`,
      `このコードを入力すると、それらのメールを見たり、${address} に送ったり、削除したりできるようになります。コードは ${who} さんだけが使えます。`,
    ],
    action: 'コード',
    after: [
      `コードは ${lasts}、一度だけ使えます。`,
      `${who} さんに心当たりがない場合、または希望しない場合は、コードを誰にも教えないでください。コードがなければ何も変わらず、何もする必要はありません。`,
    ],
  }),
}
