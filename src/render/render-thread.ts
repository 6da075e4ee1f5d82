/**
 * The thread in which messages are looked into: hostile bytes keep nobody else waiting here, and who takes too long is
 * ended with it. One message at a time: it begins, its bytes come piece by piece, each acknowledged, then it ends.
 */
import { parentPort } from 'node:worker_threads'
import { contentOf, pageOf } from './content.ts'
import { createLooker, type Looker } from './look.ts'
import type { Order, Reply } from './orders.ts'

if (!parentPort) throw new Error('this runs as a thread only')
const port = parentPort
let looker: Looker = createLooker()

function carryOut(order: Order): Reply {
  if (order.kind === 'begin') looker = createLooker()
  else if (order.kind === 'bytes') looker.push(order.bytes)
  else {
    const looked = looker.end(order.isCut)
    looker = createLooker()
    return { value: order.kind === 'content' ? contentOf(looked) : pageOf(looked, order.theme) }
  }
  return {}
}

port.on('message', (order: Order) => {
  let reply: Reply
  try {
    reply = carryOut(order)
  } catch (error) {
    // A fault of ours, which the asker reports.
    reply = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  port.postMessage(reply)
})
port.postMessage({})
