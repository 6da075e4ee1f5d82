/** Promise: what a user may do with a copy follows from whose it is, where it lies and what it is, and from nothing else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HoldingState } from '../store/schema.ts'
import { type AreaForUsers, type Decision, decideForUser, type UserAction, visibleAreas } from './scope.ts'

const areas: AreaForUsers[] = [
  { name: 'Spam', visibleToUsers: true, usersDownloadParts: false, releasableBy: ['recipient'] },
  { name: 'Files', visibleToUsers: true, usersDownloadParts: true, releasableBy: ['nobody'] },
  { name: 'Review', visibleToUsers: true, usersDownloadParts: false, releasableBy: ['operator'] },
  { name: 'Closed', visibleToUsers: true, usersDownloadParts: false, releasableBy: ['nobody'] },
  { name: 'Virus', visibleToUsers: false, usersDownloadParts: true, releasableBy: ['recipient'] },
]
const actions: UserAction[] = ['see', 'download', 'not-spam', 'delete', 'restore', 'request']

interface Case {
  area?: string
  malware?: boolean
  address?: string
  state?: HoldingState
  by?: string
}
const decide = (action: UserAction, given: Case): Decision => {
  const { area = 'Spam', malware = false, address = 'anna@x.org', state = 'held', by = 'system' } = given
  const copy = { address_key: address, state, changed_by: by }
  return decideForUser(new Set(['anna@x.org', 'a@x.org']), { area, malware }, copy, action, areas)
}
const all = (given: Case) => Object.fromEntries(actions.map((action) => [action, decide(action, given)]))

test('another’s copy, one in an area that users do not see, and one that is past are not there, whatever is asked', () => {
  const hidden = Object.fromEntries(actions.map((action) => [action, 'hidden']))
  for (const given of [
    { address: 'bert@x.org' },
    { address: 'Anna@x.org' },
    { address: '' },
    { area: 'Virus' },
    { area: 'Nowhere' },
    { area: 'spam' },
    { state: 'expired' as const },
    { address: 'bert@x.org', state: 'deleted' as const, by: 'anna@x.org (user)' },
  ])
    assert.deepEqual(all(given), hidden, JSON.stringify(given))
})

test('releasing follows the area, never malware; restoring follows who deleted', () => {
  const may = { see: 'yes', download: 'no', 'not-spam': 'yes', delete: 'yes', restore: 'no', request: 'no' }
  assert.deepEqual(all({}), may)
  assert.deepEqual(all({ address: 'a@x.org' }), may)
  assert.deepEqual(all({ malware: true }), { ...may, 'not-spam': 'no' })
  // Where he releases himself there is nobody to ask.
  assert.deepEqual(all({ area: 'Review' }), { ...may, 'not-spam': 'no', request: 'yes' })
  assert.equal(decide('request', { area: 'Review', malware: true }), 'no')
  assert.deepEqual(all({ area: 'Closed' }), { ...may, 'not-spam': 'no' })
  const deleted = { state: 'deleted' as const }
  assert.equal(decide('restore', { ...deleted, by: 'dora@x.org (user)' }), 'yes')
  for (const by of ['admin', 'system', '(user)', 'x (user) (key k)', 'user'])
    assert.equal(decide('restore', { ...deleted, by }), 'no', by)
  assert.equal(decide('restore', { by: 'anna@x.org (user)' }), 'no')
})

test('attachments follow the area, never malware, and not what is deleted', () => {
  assert.equal(decide('download', { area: 'Files' }), 'yes')
  assert.equal(decide('download', { area: 'Files', state: 'delivered' }), 'yes')
  assert.equal(decide('download', { area: 'Files', malware: true }), 'no')
  assert.equal(decide('download', { area: 'Files', state: 'deleted', by: 'anna@x.org (user)' }), 'no')
  assert.equal(decide('download', { area: 'Virus' }), 'hidden')
})

test('areas that users see are those that say so', () => {
  assert.deepEqual(visibleAreas(areas), ['Spam', 'Files', 'Review', 'Closed'])
})
