/** Mail to send through: clean, and of each kind that is held by default. CRLF line ends. */

export interface Sample {
  messageId: string
  content: Buffer
}

const header = (messageId: string, subject: string, more: string[] = []): string =>
  [
    'From: Alice <alice@sender.example>',
    'To: Bob <bob@corp.example>',
    `Subject: ${subject}`,
    `Message-ID: ${messageId}`,
    'Date: Mon, 05 Jan 2026 09:00:00 +0000',
    'MIME-Version: 1.0',
    ...more,
    '',
    '',
  ].join('\r\n')

export function plain(name: string, text: string): Sample {
  const messageId = `<${name}@sender.example>`
  return { messageId, content: Buffer.from(header(messageId, name, ['Content-Type: text/plain']) + text) }
}

export function withAttachment(name: string, fileName: string, bytes: Buffer): Sample {
  const messageId = `<${name}@sender.example>`
  const lines = [
    '--=_part',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'See the attached file.',
    '--=_part',
    `Content-Type: application/octet-stream; name="${fileName}"`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${fileName}"`,
    '',
    bytes.toString('base64').replace(/(.{76})(?=.)/g, '$1\r\n'),
    '--=_part--',
    '',
  ].join('\r\n')
  return {
    messageId,
    content: Buffer.from(
      header(messageId, name, ['Content-Type: multipart/mixed; boundary="=_part"']) + lines,
    ),
  }
}

// In halves, so that no scanner takes this file for the thing itself.
export const gtube = ['XJS*C4JDBQADN1.NSBN3*2IDNEN*', 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'].join('')
export const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('')

export const cleanMail = (name: string): Sample =>
  plain(name, 'Nothing special.\r\n.A line with a dot\r\n..\r\nlast line\r\n')
export const spamMail = (name: string): Sample => plain(name, `${gtube}\r\n`)
export const virusMail = (name: string): Sample => withAttachment(name, 'harmless.txt', Buffer.from(eicar))
export const programMail = (name: string): Sample =>
  withAttachment(name, 'invoice.pdf.exe', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(400, 7)]))
