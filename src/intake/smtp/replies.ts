/**
 * The replies of the wire, each with its enhanced status code (RFC 3463, RFC 5248), and how a reply is written down
 * (RFC 5321 §4.2.1): whatever its text holds, what goes out is a well-formed reply and nothing more.
 */
import type { Reply } from '../../mail/reply.ts'

export const reply = (code: number, status: string, text: string): Reply => ({ code, status, text })

const longestLine = 500 // with CRLF below the 512 of RFC 5321 §4.5.3.1.5
const mostLines = 20

/** A reply as bytes (all ASCII): continued lines with a hyphen, status on each. Control characters become blanks. */
export function encodeReply({ code, status, text }: Reply): string {
  const prefix = status === '' ? '' : `${status} `
  if (plainLine.test(text)) return `${code} ${prefix}${text}\r\n`
  const lines = text
    .split(/\r\n|\r|\n/, mostLines)
    .map((line) => line.replace(/[\x00-\x1f\x7f]+/g, ' ').replace(/[^ -~]/g, '?'))
    .map((line) => line.slice(0, longestLine - 16).trimEnd())
  return lines.map((line, i) => `${code}${i < lines.length - 1 ? '-' : ' '}${prefix}${line}\r\n`).join('')
}

const plainLine = /^[ -~]{1,480}$/

export const replies = {
  ok: reply(250, '2.0.0', 'Ok'),
  senderOk: reply(250, '2.1.0', 'Ok'),
  recipientOk: reply(250, '2.1.5', 'Ok'),
  bye: reply(221, '2.0.0', 'Bye'),
  goAhead: reply(354, '', 'End data with <CR><LF>.<CR><LF>'),
  startTls: reply(220, '2.0.0', 'Ready to start TLS'),
  cannotVerify: reply(252, '2.5.2', 'Send some mail, I will try my best'),
  help: reply(214, '2.0.0', 'EHLO HELO LHLO MAIL RCPT DATA BDAT RSET NOOP VRFY STARTTLS QUIT; see RFC 5321'),

  lineTooLong: reply(500, '5.5.6', 'Line too long'),
  bareNewline: reply(500, '5.5.2', 'Command lines end in CRLF; bare CR or LF refused'),
  controlCharacter: reply(500, '5.5.2', 'Control characters in a command line'),
  badUtf8: reply(500, '5.5.2', 'Bytes above 127 that are not UTF-8'),
  unknownCommand: reply(500, '5.5.2', 'Command not recognised'),
  notImplemented: reply(502, '5.5.1', 'Command not implemented'),
  helloFirst: reply(503, '5.5.1', 'Send EHLO, HELO or LHLO first'),
  helloSyntax: reply(501, '5.5.4', 'Syntax: EHLO followed by one host name'),
  lmtpHello: reply(500, '5.5.1', 'This is LMTP: send LHLO'),
  smtpHello: reply(500, '5.5.1', 'This is SMTP: send EHLO'),
  noParameters: reply(501, '5.5.4', 'This command takes no parameters'),
  nestedMail: reply(503, '5.5.1', 'Sender given already'),
  mailFirst: reply(503, '5.5.1', 'Send MAIL first'),
  recipientFirst: reply(503, '5.5.1', 'No valid recipients'),
  notDuringMail: reply(503, '5.5.1', 'Not during a mail transaction'),
  mixedData: reply(503, '5.5.1', 'DATA cannot follow BDAT'),
  bdatSyntax: reply(
    501,
    '5.5.4',
    'Syntax: BDAT size [LAST]; closing, since the size of what follows is unknown',
  ),
  notAuthorised: reply(550, '5.7.0', 'You are not authorised to use this command'),
  noTls: reply(502, '5.5.1', 'TLS is not offered here'),
  inTlsAlready: reply(503, '5.5.1', 'TLS is active already'),
  outOfSync: reply(554, '5.5.0', 'Input sent before our reply was awaited; closing'),

  tooManyRecipients: reply(452, '4.5.3', 'Too many recipients, send the others in another mail'),
  tooLarge: reply(552, '5.3.4', 'Message larger than the limit here'),
  tooManyMails: reply(452, '4.3.1', 'Too many mails on their way in, try again later'),
  localError: reply(451, '4.3.0', 'Local error, try again later'),

  tooManyConnections: reply(421, '4.3.2', 'Too many connections, try again later'),
  tooManyFromYou: reply(421, '4.7.0', 'Too many connections from your address, try again later'),
  notAllowed: reply(554, '5.7.1', 'Your address may not connect here'),
  tooManyErrors: reply(421, '4.7.0', 'Too many errors, closing'),
  bug: reply(421, '4.3.0', 'Local error, closing'),
  idle: reply(421, '4.4.2', 'Nothing heard for too long, closing'),
  tooSlow: reply(421, '4.4.2', 'Message comes too slowly while others wait, closing'),
  dataTooSlow: reply(421, '4.4.2', 'Message took too long, closing'),
  stopping: reply(421, '4.3.2', 'Shutting down, try again later'),
} satisfies Record<string, Reply>
