/** Words that several pages use. */
import { plural } from '../plural.ts'

export const common = {
  product: 'Lazaret',
  cancel: 'Cancel',
  close: 'Close',
  save: 'Save',
  back: 'Back',
  retry: 'Try again',
  undo: 'Undo',
  copy: 'Copy',
  copied: 'Copied',
  loading: 'Loading …',
  none: 'None',
  never: 'Never',
  nullSender: '<> (null sender)',
  noSubject: '(no subject)',
  more: (n: number) => `and ${n} more`,
  messages: (n: number) => plural(n, { one: 'message', other: 'messages' }),
  recipients: (n: number) => plural(n, { one: 'recipient', other: 'recipients' }),
  failureTitle: 'That did not work',
  unreachable: 'The server cannot be reached',
  forbidden: 'You may not see this',
  unloaded: 'This could not be loaded',
  unloadedText:
    'The server is out of reach, or was updated meanwhile. Try again; if that does not help, load the page again.',
  states: {
    held: 'Held',
    releasing: 'Releasing',
    delivered: 'Delivered',
    'release-failed': 'Release failed',
    deleted: 'Deleted',
    expired: 'Expired',
  },
  roles: {
    administrator: 'Administrator',
    'domain-administrator': 'Domain administrator',
    operator: 'Operator',
    reviewer: 'Reviewer',
    auditor: 'Auditor',
  },
  justNow: 'just now',
}
