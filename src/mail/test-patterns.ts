/**
 * The two agreed test patterns: GTUBE (a filter must call it spam) and the EICAR test file (a scanner must call it
 * malware). They are put together here so that scanners of source code do not take this file for one of them.
 */
export const gtube = ['XJS*C4JDBQADN1.NSBN3', '2IDNEN', 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL', 'C.34X'].join(
  '*',
)
export const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!', 'H+H*'].join('$')

const gtubeBytes = Buffer.from(gtube, 'latin1')
const eicarBytes = Buffer.from(eicar, 'latin1')
const nothing = Buffer.alloc(0)
const leadingBlanks = 64

/** The first bytes of something are the EICAR test file; a few blanks or a byte order mark before it are allowed. */
export function isEicar(head: Buffer): boolean {
  const at = head.indexOf(eicarBytes[0]!)
  if (at < 0 || at > leadingBlanks || head.length - at < eicarBytes.length) return false
  if (eicarBytes.compare(head, at, at + eicarBytes.length) !== 0) return false
  return /^(\xef\xbb\xbf)?\s*$/.test(head.toString('latin1', 0, at))
}

/** Looks for GTUBE in bytes that come in pieces. */
export class GtubeSearch {
  found = false
  private tail: Buffer = nothing

  push(bytes: Buffer): void {
    if (this.found) return
    const reach = gtubeBytes.length - 1
    let seam: Buffer | null = null
    if (this.tail.length > 0) {
      seam = Buffer.concat([this.tail, bytes.subarray(0, reach)])
      this.found = seam.indexOf(gtubeBytes) >= 0
    }
    if (bytes.length > reach && bytes.indexOf(gtubeBytes) >= 0) this.found = true
    // A short piece with no tail before it is all of the seam.
    this.tail = Buffer.from((bytes.length >= reach ? bytes : (seam ?? bytes)).subarray(-reach))
  }
}
