/** Addresses of others that a user looks after, in English. */
export const delegations = {
  another: 'Look after another address',
  anotherText:
    'For a shared mailbox or a list, such as sales@example.org. We send a code to that address; whoever reads its mail can give it to you.',
  address: 'The shared address',
  send: 'Send a code',
  haveCode: 'I have a code',
  sent: (address: string) =>
    `If mail for ${address} is looked after here, a code is on its way there. Enter it below when you have it.`,
  code: 'Code',
  codeHint: 'Eight letters and digits, such as AB12-CD34.',
  use: 'Enter the code',
  badAddress: 'This is not a mail address.',
  badCode: 'This code is wrong or does not work any more. Look at the newest mail, or send a new code.',
  tooMany: 'These are too many addresses. Give one back first.',
  added: (address: string) => `You look after ${address} now.`,
  giveBack: 'Give back',
  giveBackOf: (address: string) => `Give back: ${address}`,
  givenBack: (address: string) => `You do not look after ${address} any more.`,
  sure: (address: string) => `Stop looking after ${address}? To have it again you need a new code.`,
  cancel: 'Cancel',
}
