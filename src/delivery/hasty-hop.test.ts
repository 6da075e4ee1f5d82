/**
 * Promise: a next hop that says it has taken a message before it has read it still gets the very bytes: whoever gave
 * them may do away with their memory as soon as the courier has answered, and not before.
 */
import assert from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { courierTo, never, parcel, trace } from './testing/carry.ts'

/** Accepts the message as soon as its first bytes are there, and reads the rest when it is told to. */
async function hastyHop(answer = '250 2.0.0 taken') {
  const spoke = Promise.withResolvers<Socket>()
  const received: Buffer[] = []
  let mode: 'commands' | 'waiting' | 'content' = 'commands'
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes: Buffer) => {
      if (mode !== 'commands') received.push(bytes)
      if (mode === 'waiting') {
        mode = 'content'
        socket.pause()
        socket.write(`${answer}\r\n`, () => spoke.resolve(socket))
      }
      if (mode !== 'commands') return
      for (const line of bytes.toString().trimEnd().split('\r\n'))
        if (line === 'DATA') {
          mode = 'waiting'
          socket.write('354 go on\r\n')
        } else socket.write('250 ok\r\n')
    })
    socket.write('220 hasty.example\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    spoke: spoke.promise,
    received: () => Buffer.concat(received),
    async [Symbol.asyncDispose]() {
      ;(await spoke.promise).destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('a message is not answered for before the system has taken its last byte', async () => {
  await using hop = await hastyHop()
  await using courier = courierTo(hop)
  const bytes = new Uint8Array(16 << 20)
  for (let at = 0; at < bytes.length; at += 64) bytes.set(Buffer.from(`${`${at}`.padStart(62, '-')}\r\n`), at)
  const whole = Buffer.concat([trace, bytes, Buffer.from('.\r\n')])
  const carried = courier.carry(parcel({ bytes, plain: true }), never()).then(({ outcomes }) => {
    bytes.buffer.transfer(0)
    return outcomes
  })
  const socket = await hop.spoke
  for (let i = 0; i < 100; i++) await turn() // long enough for a reply to be believed
  const done = new Promise<void>((resolve) => {
    let left = whole.length - hop.received().length
    socket.on('data', (piece: Buffer) => {
      left -= piece.length
      if (left <= 0) resolve()
    })
    socket.on('close', resolve)
  })
  socket.resume()
  const [outcome] = await carried
  assert.equal(outcome?.outcome, 'delivered')
  await done
  assert.ok(hop.received().equals(whole), 'the bytes are others')
})

test('one that never reads what it says to have taken holds nobody up for ever', async () => {
  await using hop = await hastyHop()
  await using courier = courierTo(hop, { data_timeout_s: 0.05 })
  const report = await courier.carry(
    parcel({ bytes: Buffer.alloc(16 << 20, `${'x'.repeat(62)}\r\n`) }),
    never(),
  )
  assert.equal(report.outcomes[0]?.outcome, 'deferred')
  assert.match(report.outcomes[0]?.text ?? '', /time-out.*may have arrived/)
})

test('one that refuses the message before it has read it gets nothing more of it', async () => {
  await using hop = await hastyHop('554 5.6.0 no')
  await using courier = courierTo(hop)
  const bytes = Buffer.alloc(16 << 20, `${'x'.repeat(62)}\r\n`)
  const report = await courier.carry(parcel({ bytes }), never())
  assert.equal(report.outcomes[0]?.outcome, 'failed')
  const socket = await hop.spoke
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.resume()
  await closed
  assert.ok(hop.received().length < bytes.length)
})
