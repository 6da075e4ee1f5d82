/** Promise: who looks after some domains finds their mail, all of it, and learns nothing of other recipients by asking. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/store.ts'
import { parseFilter } from '../../api/search.ts'
import type { Filter, SearchRequest, SearchResult } from './index.ts'
import { keep, randomFrom, type Sample, samples } from './testing/entries.ts'
import { expected } from './testing/reference.ts'

const domains = ['own.example']

forEachEngine((open, kind) => {
  test('other recipients cannot be guessed: by a pattern, by leaving out, by a state, by the order', async () => {
    await using store = await open()
    const { db } = store.ctx
    const random = randomFrom(3)
    const mail = (recipients: string[], states: Sample['states']): Sample => ({
      ...(samples(1, random, () => db.ids.next())[0] as Sample),
      recipients,
      states,
    })
    const both = mail(['zoe@other.example', 'a@own.example'], ['deleted', 'held'])
    const alone = mail(['b@own.example'], ['held'])
    const deep = mail(['c@sub.own.example'], ['held'])
    await db.search.added(await keep(store.ctx, [both, alone, deep]))
    const find = (filter: Filter, more: Partial<SearchRequest> = {}) =>
      db.search.search({ filter: { domains, ...filter }, sort: 'timestamp', order: 'asc', limit: 9, ...more })
    const ids = async (filter: Filter) => (await find(filter)).ids
    const asked = async (text: Parameters<typeof parseFilter>[0]) => await ids(parseFilter(text, 0))
    assert.deepEqual(await ids({}), [both.id, alone.id])
    assert.deepEqual(await ids({ domains: ['*.own.example'] }), [deep.id])
    assert.deepEqual(await ids({ domains: [] }), [])
    for (const recipient of ['zoe@other.example', '*zoe*', 'z*', '*@other.example', '*other*ex*'])
      assert.deepEqual(await asked({ recipient }), [], recipient)
    for (const recipient of ['a@own.example', 'a*', '*own*', 'a@*.example'])
      assert.ok((await asked({ recipient })).includes(both.id), recipient)
    for (const notRecipient of ['zoe@other.example', '*zoe*', '*other*'])
      assert.deepEqual(await asked({ notRecipient }), [both.id, alone.id], notRecipient)
    assert.deepEqual(await asked({ notRecipient: 'a*' }), [alone.id])
    assert.deepEqual(await asked({ notRecipient: '*' }), [])
    assert.deepEqual(await asked({ state: 'deleted' }), [])
    assert.deepEqual(await asked({ state: 'held' }), [both.id, alone.id])
    const first = await find({}, { sort: 'recipient', limit: 1 })
    assert.deepEqual(first, {
      ids: [both.id],
      total: 2,
      totalIsExact: true,
      next: { key: 'a@own.example', id: both.id },
    })
  })

  test('of very many hits every page in every order is right', async () => {
    await using store = await open()
    const { db } = store.ctx
    const random = randomFrom(5)
    const mail = samples(3000, random, () => db.ids.next())
    await db.search.added(await keep(store.ctx, mail))
    await db.search.settle()
    const filter: Filter = { domains: ['example.org', '*.example.org'] }
    for (const sort of ['recipient', 'timestamp', 'subject'] as const)
      for (const order of ['asc', 'desc'] as const) {
        const all = expected(mail, { filter, sort, order }).map(({ id }) => id)
        assert.ok(all.length > 1000)
        const seen: number[] = []
        let after: SearchRequest['after']
        do {
          const page: SearchResult = await db.search.search({ filter, sort, order, limit: 400, after })
          seen.push(...page.ids)
          assert.equal(page.total, kind === 'sqlite' ? all.length : 500)
          after = page.next ?? undefined
        } while (after)
        assert.deepEqual(seen, all, `${sort} ${order}`)
        const { ids } = await db.search.search({ filter, sort, order, limit: 50, offset: 777 })
        assert.deepEqual(ids, all.slice(777, 827), `${sort} ${order} by number`)
      }
  })
})
