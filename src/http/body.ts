/**
 * Request bodies: JSON (RFC 8259) of bounded size and depth, and nothing else. The media type is required: a form that
 * another site makes a browser send cannot have it.
 */
import { Problem } from '../problem.ts'
import { Refusal } from './problems.ts'

export const bodyLimitBytes = 1_000_000
/** Where anybody may call: nothing there is long, and nobody's memory is for strangers to fill. */
export const strangersBodyLimitBytes = 20_000
export const jsonDepthLimit = 20

/** @throws Problem 'invalid' or 'too-large', Refusal 415. */
export async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(type))
    throw new Refusal(
      415,
      'Unsupported media type',
      type === '' ? 'The request has no Content-Type.' : 'The Content-Type of the request is not JSON.',
      'Send JSON with Content-Type: application/json.',
    )
  const bytes = await readBytes(request, limitBytes)
  const text = decode(bytes)
  checkDepth(text)
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new Problem('invalid', 'The body is not valid JSON.', 'Check quotes, commas and brackets.', {
      field: 'body',
    })
  }
}

async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) > limitBytes) throw tooLarge(limitBytes)
  try {
    if (declared !== null) return new Uint8Array(await request.arrayBuffer())
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const piece of request.body ?? []) {
      size += piece.length
      if (size > limitBytes) throw tooLarge(limitBytes)
      pieces.push(piece)
    }
    return Buffer.concat(pieces)
  } catch (error) {
    if (!isBrokenOff(error)) throw error
    // Nobody is there to hear it; but it is no error of ours, which would be logged with its stack.
    throw new Problem('invalid', 'The request broke off before its body was whole.', 'Send it again.')
  }
}

const isBrokenOff = (error: unknown): boolean =>
  error instanceof Error &&
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  )

const tooLarge = (limitBytes: number) =>
  new Problem(
    'too-large',
    `The body is larger than ${limitBytes} bytes.`,
    'Split the request into several.',
    {
      limitBytes,
    },
  )

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // TextDecoder says no more than that.
    throw new Problem('invalid', 'The body is not valid UTF-8.', 'JSON is UTF-8.', { field: 'body' })
  }
}

/** Before parsing: deep nesting would cost, and nothing of ours is deep. */
function checkDepth(text: string): void {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === 0x5c) i++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > jsonDepthLimit)
        throw new Problem(
          'invalid',
          `The body is nested more than ${jsonDepthLimit} levels deep.`,
          'No request needs that.',
          { field: 'body' },
        )
    } else if (code === 0x5d || code === 0x7d) depth--
  }
}
