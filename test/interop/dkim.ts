/**
 * DKIM (RFC 6376) by an implementation that is not ours (python3-dkim): signs with a key made here, verifies with that
 * key instead of DNS.
 */
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { needPackages } from '../../bench/peers/packages.ts'

const script = `
import sys, json, base64, dkim
task = json.load(sys.stdin)
message = base64.b64decode(task['message'])
if task['do'] == 'sign':
    fields = [b'from', b'to', b'subject', b'date', b'message-id', b'mime-version', b'content-type']
    signature = dkim.sign(message, b's1', b'sender.example', task['key'].encode(), include_headers=fields,
                          canonicalize=tuple(task['canonicalization'].encode().split(b'/')))
    print(base64.b64encode(signature + message).decode())
else:
    record = ('v=DKIM1; k=rsa; p=' + task['key']).encode()
    print('good' if dkim.verify(message, dnsfunc=lambda name, timeout=5: record) else 'bad')
`

export interface Signer {
  sign(message: Buffer, canonicalization: 'simple/simple' | 'relaxed/relaxed'): Buffer
  verifies(message: Buffer): boolean
}

export function openSigner(): Signer {
  needPackages('python3-dkim')
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const secret = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const record = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  const run = (task: Record<string, string>): string => {
    // The system's own Python is the one that the package belongs to.
    const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', script], {
      input: JSON.stringify(task),
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`python3-dkim: ${stderr}`)
    return stdout.trim()
  }
  return {
    sign: (message, canonicalization) =>
      Buffer.from(
        run({ do: 'sign', key: secret, canonicalization, message: message.toString('base64') }),
        'base64',
      ),
    verifies: (message) => run({ do: 'verify', key: record, message: message.toString('base64') }) === 'good',
  }
}
