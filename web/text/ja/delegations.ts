/** Addresses of others that a user looks after, in Japanese. */
import type { delegations as en } from '../en/delegations.ts'

export const delegations: typeof en = {
  another: '別のアドレスを扱う',
  anotherText:
    '共有メールボックスやメーリングリスト (例: sales@example.org) のためのものです。そのアドレスにコードをお送りします。そのメールを読む人から、コードを受け取ってください。',
  address: '共有アドレス',
  send: 'コードを送る',
  haveCode: 'コードを持っている',
  sent: (address) =>
    `${address} 宛てのメールをここで扱っている場合、コードをそのアドレスにお送りしました。届いたら下に入力してください。`,
  code: 'コード',
  codeHint: '英数字 8 文字 (例: AB12-CD34)。',
  use: 'コードを入力する',
  badAddress: 'メールアドレスではありません。',
  badCode:
    'このコードは正しくないか、もう使えません。一番新しいメールを確認するか、新しいコードを送ってください。',
  tooMany: 'アドレスが多すぎます。先に 1 つ手放してください。',
  added: (address) => `${address} を扱えるようになりました。`,
  giveBack: '手放す',
  giveBackOf: (address) => `手放す: ${address}`,
  givenBack: (address) => `${address} の扱いをやめました。`,
  sure: (address) => `${address} の扱いをやめますか? もう一度扱うには新しいコードが必要です。`,
  cancel: 'キャンセル',
}
