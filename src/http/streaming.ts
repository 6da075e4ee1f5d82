/**
 * Bytes from the store to a client, at the client's pace. The last piece is held back until the source has ended well
 * (it checks size and hash at its end), so a client that counts bytes never has all of a damaged message. `failed` is
 * told of an error, and says whether it has cut the connection; otherwise the stream fails.
 */
export function streamOf(
  source: AsyncIterable<Uint8Array>,
  failed: (error: unknown) => boolean,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = source[Symbol.asyncIterator]()
  let held: Uint8Array | undefined
  let left = false
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          for (;;) {
            const { done, value } = await pieces.next()
            if (left) return
            if (done) {
              if (held) controller.enqueue(new Uint8Array(held))
              controller.close()
              return
            }
            const ready = held
            held = value
            if (ready) {
              controller.enqueue(new Uint8Array(ready))
              return
            }
          }
        } catch (error) {
          if (!failed(error) && !left) controller.error(error)
        }
      },
      async cancel() {
        left = true
        await pieces.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

/** Everything, when it is at most `limitBytes`; the source ends well or throws. */
export async function whole(source: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of source) {
    size += piece.length
    if (size > limitBytes) throw new Error('the stored content is larger than its row says')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** The same; `ended` is called once: when it has ended or failed, or was left, be it before its beginning. */
export function watched(source: AsyncIterable<Uint8Array>, ended: () => void): AsyncIterable<Uint8Array> {
  let isOver = false
  const end = () => {
    if (!isOver) ended()
    isOver = true
  }
  return {
    [Symbol.asyncIterator]() {
      const pieces = source[Symbol.asyncIterator]()
      return {
        async next() {
          try {
            const piece = await pieces.next()
            if (piece.done) end()
            return piece
          } catch (error) {
            end()
            throw error
          }
        },
        async return() {
          end()
          await pieces.return?.()
          return { done: true, value: undefined }
        },
      }
    },
  }
}
