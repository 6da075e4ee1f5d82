/** Releasing, deleting, restoring: questions before, outcomes after. */
import { count, plural } from '../plural.ts'

const messages = (n: number) => plural(n, { one: 'message', other: 'messages' })
const recipients = (n: number) => plural(n, { one: 'recipient', other: 'recipients' })
const copies = (n: number) => plural(n, { one: 'copy', other: 'copies' })

export const deeds = {
  release: 'Release',
  releaseTitle: (n: number) => (n === 1 ? 'Release this message' : `Release ${messages(n)}`),
  releasingTitle: 'Releasing',
  releasedTitle: 'Release',
  to: 'Release to',
  all: 'All',
  noneOf: 'None',
  ofRecipients: (chosen: number, all: number) => `${count(chosen)} of ${recipients(all)}`,
  findRecipient: 'Find a recipient',
  releaseCounts: (m: number, r: number) => `${messages(m)} will be sent on to ${recipients(r)}.`,
  notHeld: (n: number) =>
    n === 1
      ? '1 of them is not held any more and stays as it is.'
      : `${count(n)} of them are not held any more and stay as they are.`,
  nothingHeld: 'No copy is held any more: there is nothing to release.',
  chooseOne: 'Choose at least one recipient.',
  note: 'Note',
  noteHint: 'Optional; kept in the audit log.',
  virusTitle: 'A virus scanner held this',
  virusText: (n: number, all: number) =>
    all === 1
      ? 'A virus scanner found malware in this message. Releasing it can infect whoever opens it.'
      : n === all
        ? `A virus scanner found malware in all ${messages(all)}. Releasing them can infect whoever opens them.`
        : `A virus scanner found malware in ${count(n)} of these ${messages(all)}. Releasing ${n === 1 ? 'it' : 'them'} can infect whoever opens ${n === 1 ? 'it' : 'them'}.`,
  virusWord: 'RELEASE',
  virusType: (word: string) => `Type ${word} if you are sure`,
  releaseVirus: 'Release in spite of the virus',
  withoutVirus: (n: number) => `Release only the other ${count(n)}`,
  working: (done: number, all: number) => `${count(done)} of ${count(all)} ordered …`,
  undo: (seconds: number) => `Undo (${seconds})`,
  undoLabel: (seconds: number) =>
    `Undo the release, possible for ${plural(seconds, { one: 'second', other: 'seconds' })}`,
  undoneAll: (n: number) => `Taken back: ${copies(n)} ${n === 1 ? 'is' : 'are'} held again.`,
  undoneSome: (n: number, late: number) =>
    `${copies(n)} taken back; for ${count(late)} it was too late, see below.`,
  undoHint: 'Nothing is sent yet.',
  stays: 'You can close this; the delivery goes on.',
  stopped: 'The order broke off. What is listed below was done; the rest was not.',
  summary: {
    delivered: (n: number) => `${count(n)} delivered`,
    onTheWay: (n: number) => `${count(n)} on the way`,
    deferred: (n: number) => `${count(n)} deferred`,
    failed: (n: number) => `${count(n)} failed`,
    heldAgain: (n: number) => `${count(n)} held again`,
    refused: (n: number) => `${count(n)} refused`,
    confirm: (n: number) => `${count(n)} to be confirmed`,
    notFound: (n: number) => `${count(n)} not found`,
  },
  states: {
    waiting: 'Releasing',
    delivered: 'Delivered',
    deferred: 'Deferred',
    failed: 'Release failed',
    heldAgain: 'Held again',
    refused: 'Refused',
    confirm: 'Not released',
    'not-found': 'Not found',
  },
  waits: 'Waits for its first attempt.',
  nextAttempt: (when: string) => `Next attempt ${when}.`,
  takenBack: 'Taken back before anything was sent.',
  givenUp: 'Given up.',
  outcomeOf: 'What became of each message',
  released: (n: number) => (n === 1 ? '1 message is being released.' : `${messages(n)} are being released.`),
  releasedSome: (n: number, refused: number) =>
    `${n === 1 ? '1 message is' : `${messages(n)} are`} being released; ${count(refused)} could not be.`,
  delete: 'Delete',
  deleteTitle: (n: number) => (n === 1 ? 'Delete this message' : `Delete ${messages(n)}`),
  deleteText: (m: number, r: number) =>
    `${m === 1 ? 'This message' : messages(m)} will be deleted for ${recipients(r)}. It can be undone until the area lets ${m === 1 ? 'it' : 'them'} expire.`,
  nothingToDelete: 'No copy is held any more: there is nothing to delete.',
  deleted: (n: number) => (n === 1 ? '1 message was deleted.' : `${messages(n)} were deleted.`),
  deletedSome: (n: number, refused: number) =>
    `${n === 1 ? '1 message was' : `${messages(n)} were`} deleted; ${count(refused)} could not be.`,
  deletedNone: 'Nothing was deleted',
  restored: (n: number) => (n === 1 ? '1 message is held again.' : `${messages(n)} are held again.`),
  restoredNone: 'Nothing was restored',
}
