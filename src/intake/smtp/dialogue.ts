/**
 * The commands of a session and what they change: greeting, envelope, rights (RFC 5321 §4.1, RFC 2033 for LMTP, RFC
 * 1870 SIZE, RFC 6152 8BITMIME, RFC 6531 SMTPUTF8, RFC 3030 CHUNKING, RFC 3207 STARTTLS). Knows no sockets: a command
 * line goes in, an answer comes out. It never throws; what is wrong is told to the client.
 */
import type { Client, Envelope, Recipient } from '../../mail/envelope.ts'
import type { Reply } from '../../mail/reply.ts'
import { parsePath } from './path.ts'
import { replies, reply } from './replies.ts'
import { clientAsTold, parseToldClient, type ToldClient, xclientNames, xforwardNames } from './told-client.ts'
import { offers, type Wire } from './wire.ts'

export interface Answer {
  reply: Reply
  /**
   * `data`: content comes next; `tls`: a handshake; `close`: nothing. `alone`: more commands, but the client must
   * have waited for this reply before it sends them (RFC 2920 §3.1), as with all of these.
   */
  next?: 'data' | 'tls' | 'close' | 'alone'
  /** Not done, and the client's fault: counts towards the errors of the session. */
  fault?: boolean
}

/** BDAT: the octets follow the command whatever we think of it. */
export interface Chunk {
  /** Octets still to come. */
  left: number
  last: boolean
  /** Why the chunk is thrown away. */
  refusal: Reply | null
  startedAt: number
}

/** Who is at the other end of the socket. */
export interface Peer {
  ip: string
  port: number | null
  trusted: boolean
}

interface Mail {
  sender: string
  recipients: Recipient[]
  body: Envelope['body']
  smtputf8: boolean
  /** BDAT has begun: neither recipients nor DATA may follow. */
  chunked: boolean
  /** Recipients refused because there were too many. */
  surplus: number
}

/** Commands other than mail that a session may send between two mails before they count as errors. */
const idleCommands = 100

const fault = (answer: Reply): Answer => ({ reply: answer, fault: true })
const fine = (answer: Reply): Answer => ({ reply: answer })

export class Dialogue {
  /** Errors so far; the connection ends the session when there are too many. */
  faults = 0
  /** Mails taken or refused as a whole. */
  mails = 0
  readonly #wire: Wire
  readonly #peer: Peer
  #helo: string | null = null
  #extended = false
  #secure = false
  #mail: Mail | null = null
  #xclient: ToldClient | null = null
  #xforward: ToldClient | null = null
  #idleCommands = 0

  constructor(wire: Wire, peer: Peer) {
    this.#wire = wire
    this.#peer = peer
  }

  get inMail(): boolean {
    return this.#mail !== null
  }

  greeting(): Reply {
    return reply(
      220,
      '',
      `${this.#wire.hostname} ${this.#wire.protocol === 'lmtp' ? 'LMTP' : 'ESMTP'} Lazaret`,
    )
  }

  /** The session begins anew under TLS; nothing said before counts (RFC 3207 §4.2). */
  secured(): void {
    this.#secure = true
    this.#helo = null
    this.#xclient = null
    this.reset()
  }

  /** Ends the transaction, if there is one. */
  reset(): void {
    this.#mail = null
    this.#xforward = null
  }

  /** The mail was taken or refused as a whole: the next may come. */
  ended(): void {
    this.reset()
    this.mails++
    this.#idleCommands = 0
  }

  /** Only after an answer with `next: 'data'`, or a chunk without refusal. */
  envelope(): Envelope {
    const mail = this.#mail
    if (!mail) throw new Error('no mail transaction')
    const { sender, recipients, body, smtputf8 } = mail
    return {
      via: this.#wire.protocol,
      sender,
      recipients,
      body,
      smtputf8,
      client: this.#client(),
      peerIp: this.#peer.ip,
    }
  }

  command(line: string): Answer {
    const blank = line.indexOf(' ')
    const verb = (blank < 0 ? line : line.slice(0, blank)).toUpperCase()
    const answer = this.#answer(verb, blank < 0 ? '' : line.slice(blank + 1).trim())
    if (answer.fault) this.faults++
    return answer
  }

  #answer(verb: string, rest: string): Answer {
    switch (verb) {
      case 'MAIL':
        return this.#mailFrom(rest)
      case 'RCPT':
        return this.#rcptTo(rest)
      case 'DATA':
        if (rest !== '') return fault(replies.noParameters)
        if (!this.#mail) return fault(replies.mailFirst)
        if (this.#mail.chunked) return fault(replies.mixedData)
        if (this.#mail.recipients.length === 0)
          return { reply: reply(554, '5.5.1', 'No valid recipients'), fault: true }
        return { reply: replies.goAhead, next: 'data' }
      case 'EHLO':
      case 'HELO':
      case 'LHLO':
        return this.#hello(verb, rest)
      case 'RSET':
        if (rest !== '') return fault(replies.noParameters)
        this.reset()
        return this.#idle(replies.ok)
      case 'NOOP':
        return this.#idle(replies.ok)
      case 'VRFY':
        return this.#idle(rest === '' ? reply(501, '5.5.4', 'Syntax: VRFY address') : replies.cannotVerify)
      case 'HELP':
        return this.#idle(replies.help)
      case 'QUIT':
        return { reply: replies.bye, next: 'close' }
      case 'STARTTLS':
        if (!this.#wire.secureContext()) return fault(replies.noTls)
        if (this.#secure) return fault(replies.inTlsAlready)
        if (rest !== '') return fault(replies.noParameters)
        if (this.#helo === null) return fault(replies.helloFirst)
        return { reply: replies.startTls, next: 'tls' }
      case 'XFORWARD':
      case 'XCLIENT':
        return this.#told(verb, rest)
      case 'GET':
      case 'POST':
      case 'PUT':
      case 'HEAD':
      case 'OPTIONS':
      case 'CONNECT': // a browser or proxy made to speak to us
        return { reply: reply(421, '4.7.0', 'This is not HTTP; closing'), next: 'close', fault: true }
      case 'AUTH':
      case 'ETRN':
      case 'EXPN':
      case 'TURN':
      case 'SEND':
      case 'SAML':
      case 'SOML':
        return fault(replies.notImplemented)
      default:
        return fault(replies.unknownCommand)
    }
  }

  /** Null: not to be understood, so nobody knows where the next command starts. */
  chunk(rest: string): Chunk | null {
    const found = /^(\d{1,15})( +LAST)? *$/i.exec(rest)
    if (!found) return null
    const mail = this.#mail
    let refusal: Reply | null = null
    if (!mail) refusal = replies.mailFirst
    else if (mail.recipients.length === 0) refusal = replies.recipientFirst
    else mail.chunked = true
    if (refusal) this.faults++
    return { left: Number(found[1]), last: !!found[2], refusal, startedAt: this.#wire.clock.now() }
  }

  #hello(verb: 'EHLO' | 'HELO' | 'LHLO', name: string): Answer {
    const lmtp = this.#wire.protocol === 'lmtp'
    if (lmtp !== (verb === 'LHLO')) return fault(lmtp ? replies.lmtpHello : replies.smtpHello)
    if (!/^[!-~]{1,255}$/.test(name)) return fault(replies.helloSyntax)
    this.reset()
    this.#helo = name
    this.#extended = verb !== 'HELO'
    if (!this.#extended) return { ...this.#idle(reply(250, '', this.#wire.hostname)), next: 'alone' }
    const offer = offers(this.#wire, this.#peer.trusted, this.#secure)
    return { ...this.#idle(reply(250, '', `${this.#wire.hostname}\n${offer}`)), next: 'alone' }
  }

  #mailFrom(rest: string): Answer {
    if (this.#helo === null) return fault(replies.helloFirst)
    if (this.#mail) return fault(replies.nestedMail)
    const parsed = parsePath(rest, 'FROM')
    if ('code' in parsed) return fault(parsed)
    const mail: Mail = {
      sender: parsed.address,
      recipients: [],
      body: null,
      smtputf8: false,
      chunked: false,
      surplus: 0,
    }
    for (const [key, value] of parsed.parameters) {
      if (!this.#extended) return fault(reply(555, '5.5.4', 'Parameters come with EHLO only'))
      if (key === 'SIZE' && /^\d{1,20}$/.test(value)) {
        if (Number(value) > this.#wire.messageLimit()) return fine(replies.tooLarge)
      } else if (key === 'BODY' && /^(?:7BIT|8BITMIME)$/i.test(value))
        mail.body = value.toUpperCase() as '7BIT' | '8BITMIME'
      else if (key === 'SMTPUTF8' && value === '') mail.smtputf8 = true
      else if (key === 'SIZE' || key === 'BODY' || key === 'SMTPUTF8')
        return fault(reply(501, '5.5.4', `Bad value of ${key}`))
      else return fault(reply(555, '5.5.4', `Parameter ${key.slice(0, 40)} is not supported`))
    }
    if (!mail.smtputf8 && !isAscii(mail.sender)) return fault(reply(553, '5.6.7', 'Address needs SMTPUTF8'))
    const pressure = this.#wire.pressure()
    if (pressure !== null) return fine(reply(452, '4.3.1', pressure))
    this.#mail = mail
    return fine(replies.senderOk)
  }

  #rcptTo(rest: string): Answer {
    const mail = this.#mail
    if (!mail) return fault(replies.mailFirst)
    if (mail.chunked) return fault(replies.notDuringMail)
    const parsed = parsePath(rest, 'TO')
    if ('code' in parsed) return fault(parsed)
    const [parameter] = parsed.parameters
    if (parameter)
      return fault(reply(555, '5.5.4', `Parameter ${parameter[0].slice(0, 40)} is not supported`))
    if (!mail.smtputf8 && !isAscii(parsed.address))
      return fault(reply(553, '5.6.7', 'Address needs SMTPUTF8'))
    if (mail.recipients.length >= this.#wire.options.recipients_per_mail)
      return { reply: replies.tooManyRecipients, fault: ++mail.surplus > idleCommands }
    mail.recipients.push({ address: parsed.address, parameters: {} })
    return fine(replies.recipientOk)
  }

  #told(verb: 'XFORWARD' | 'XCLIENT', rest: string): Answer {
    if (!this.#peer.trusted) return fault(replies.notAuthorised)
    if (this.#mail) return fault(replies.notDuringMail)
    if (verb === 'XFORWARD' && this.#helo === null) return fault(replies.helloFirst)
    const told = parseToldClient(rest, verb === 'XFORWARD' ? xforwardNames : xclientNames)
    if ('code' in told) return fault(told)
    if (verb === 'XFORWARD') {
      this.#xforward = { ...this.#xforward, ...told }
      return fine(replies.ok)
    }
    this.#xclient = { ...this.#xclient, ...told }
    this.#xforward = null
    this.#helo = null
    return fine(this.greeting())
  }

  #client(): Client {
    const word = this.#wire.protocol === 'lmtp' ? 'LMTP' : this.#extended ? 'ESMTP' : 'SMTP'
    const session: Client = {
      ip: this.#peer.ip,
      port: this.#peer.port,
      name: null,
      helo: this.#helo,
      protocol: this.#secure ? `${word}S` : word,
    }
    return clientAsTold(session, this.#xclient, this.#xforward)
  }

  #idle(answer: Reply): Answer {
    this.#idleCommands++
    return { reply: answer, fault: this.#idleCommands > idleCommands }
  }
}

const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)
