/** Several ways of signing in: the first that knows the user counts, and a server that is away makes no password wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '../../problem.ts'
import { recognisedBy } from './chain.ts'
import type { Recognised, SignInMethod } from './method.ts'

const somebody = (source: string): Recognised => ({
  name: 'a@x.example',
  display: '',
  addresses: ['a@x.example'],
  source,
})
const away = new Problem('unavailable', 'ldap cannot be asked: dc1.x.example:636: ECONNREFUSED')

const way = (answer: Recognised | null | Error, asked: string[] = []): SignInMethod => ({
  kind: 'ldap',
  async check(name) {
    asked.push(name)
    if (answer instanceof Error) throw answer
    return answer
  },
})

async function ask(methods: SignInMethod[], name = 'a', password = 'secret') {
  const told: Problem[] = []
  const signal = new AbortController().signal
  const answer = await recognisedBy(methods, name, password, signal, (why) => told.push(why)).catch(
    (error: unknown) => error,
  )
  return { answer, told }
}

test('ways are asked in order until one knows the user', async () => {
  const asked: string[] = []
  const methods = [way(null, asked), way(somebody('second'), asked), way(somebody('third'), asked)]
  assert.deepEqual((await ask(methods, ' a ')).answer, somebody('second'))
  assert.deepEqual(asked, ['a', 'a'])
  assert.equal((await ask([way(null), way(null)])).answer, null)
  assert.equal((await ask([])).answer, null)
})

test('no way is asked about an empty name or password', async () => {
  const asked: string[] = []
  assert.equal((await ask([way(somebody('x'), asked)], ' ')).answer, null)
  assert.equal((await ask([way(somebody('x'), asked)], 'a', '')).answer, null)
  assert.deepEqual(asked, [])
})

test('when one cannot be asked the others are; administrators hear why, the user only that it cannot be told', async () => {
  assert.deepEqual((await ask([way(away), way(somebody('second'))])).answer, somebody('second'))
  const { answer, told } = await ask([way(null), way(away), way(null)])
  assert.ok(answer instanceof Problem && answer.code === 'unavailable')
  assert.doesNotMatch(answer.message, /dc1/)
  assert.deepEqual(told, [away])
})

test('a fault of ours is no answer', async () => {
  const { answer, told } = await ask([way(new TypeError('bug')), way(somebody('x'))])
  assert.ok(answer instanceof TypeError)
  assert.deepEqual(told, [])
})
