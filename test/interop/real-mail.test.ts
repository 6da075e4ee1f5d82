/**
 * Mail that nobody here wrote: every file of a folder of real and malformed messages goes in over SMTP with CRLF line
 * ends and comes back from /raw with the same SHA-256. The folder is not part of the repository; REAL_MAIL= names
 * another one.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { lazaretPorts, startLazaret } from '../../bench/peers/lazaret.ts'
import { type SmtpClient, sendMail, smtpConnect } from '../../bench/peers/smtp-client.ts'
import { inParallel, proveStore, sha256 } from '../crash/scene.ts'

const folder = process.env.REAL_MAIL ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'mail')

/** Only the line ends are changed: LF to CRLF; nothing else, whatever the octets. */
const withCrlf = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'), 'latin1')

function files(): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(json|md)$/i.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  } catch {
    return []
  }
}

test('real mail comes back as it was', async (t) => {
  const paths = files()
  if (paths.length === 0)
    return t.skip(`no mail in ${folder}; set REAL_MAIL to a folder of messages to run this`)
  const own = mkdtempSync(join(tmpdir(), 'lazaret-real-mail-'))
  const server = await startLazaret({
    folder: own,
    ...(await lazaretPorts()),
    nextHopPort: 9,
    holdAll: true,
    smtp: 'bare_newline = "accept"\nreceived_hops = 1000',
  })
  const api = await server.api()
  try {
    const sessions: SmtpClient[] = []
    const sent = new Map<string, { path: string; hash: string; size: number }>()
    const port = server.options.smtpPort
    // Recipients tell the files apart: headers may be missing or alike.
    await inParallel([...paths.entries()], 4, async ([n, path]) => {
      const client = sessions.pop() ?? (await smtpConnect({ port }))
      const bytes = withCrlf(readFileSync(path))
      const content =
        bytes.subarray(-2).toString('latin1') === '\r\n' ? bytes : Buffer.concat([bytes, Buffer.from('\r\n')])
      const address = `file-${n}@corp.example`
      const reply = await sendMail(client, { sender: 'a@sender.example', recipients: [address], content })
      assert.equal(reply.code, 250, `${path}: ${reply.code} ${reply.lines.join(' ')}`)
      sent.set(address, { path, hash: sha256(content), size: content.length })
      sessions.push(client)
    })
    for (const client of sessions) await client.quit()

    let found = 0
    for await (const item of api.allMessages()) {
      const address = item.recipients[0]?.address ?? ''
      const { path, hash, size } = sent.get(address) ?? { path: address, hash: '', size: 0 }
      assert.equal(sha256(await api.raw(item.id)), hash, path)
      assert.equal(item.size, size, path)
      const detail = await api.call('GET', `/api/v1/messages/${item.id}`)
      assert.equal(detail.status, 200, `${path}: details`)
      found++
    }
    assert.equal(found, paths.length)
    proveStore(server)
    t.diagnostic(`${found} messages of ${folder}`)
  } finally {
    api.close()
    await server.stop()
    rmSync(own, { recursive: true, force: true })
  }
})
