/** Mail for tests in a browser, put together from headers and MIME parts. */

export interface Sent {
  sender: string
  recipients: string[]
  message: Buffer
}

export interface Part {
  type: string
  body: string | Buffer
  /** Further header lines. */
  headers?: string[]
}

/** By these our own scanners hold a mail as spam. */
export const spamHeaders = [
  'X-Spam-Flag: YES',
  'X-Spam-Score: 14.2',
  'X-Spam-Status: Yes, score=14.2 required=5.0 tests=BAYES_99,URIBL_BLACK,HTML_MESSAGE',
]

const encoded = ({ type, body, headers = [] }: Part): string[] => [
  `Content-Type: ${type}`,
  'Content-Transfer-Encoding: base64',
  ...headers,
  '',
  ...(Buffer.from(body)
    .toString('base64')
    .match(/.{1,76}/g) ?? []),
]

/** A multipart of a kind, as a part of its own. */
export function multipart(kind: string, parts: readonly (Part | string[])[], boundary: string): string[] {
  return [
    `Content-Type: multipart/${kind}; boundary="${boundary}"`,
    '',
    ...parts.flatMap((part) => [`--${boundary}`, ...(Array.isArray(part) ? part : encoded(part))]),
    `--${boundary}--`,
    '',
  ]
}

export const single = (part: Part): string[] => encoded(part)

/** @param content header lines of the content, an empty line, its body: from `multipart` or `single`. */
export function mail(
  { sender = 'bounce@mailer.example', recipients = ['anna@example.com'], headers = [] as string[] },
  content: readonly string[],
): Sent {
  return {
    sender,
    recipients,
    message: Buffer.from([...headers, 'MIME-Version: 1.0', ...content].join('\r\n')),
  }
}

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC'

/** Of everything something: HTML that wants remote content and lies with a link, a picture, a program called PDF. */
export const richMail = (): Sent =>
  mail(
    {
      sender: 'bounce-7781@mailer.example',
      recipients: ['anna@example.com', 'bilal@example.com'],
      headers: [
        'From: "Bank support" <support@bank.example>',
        'To: <anna@example.com>',
        'Subject: Your account is limited',
        'Date: Tue, 24 Nov 2026 10:00:00 +0000',
        'Message-ID: <rich-1@mailer.example>',
        ...spamHeaders,
        'Authentication-Results: mx.example.com; spf=fail smtp.mailfrom=mailer.example; dmarc=fail',
      ],
    },
    multipart(
      'mixed',
      [
        multipart(
          'related',
          [
            {
              type: 'text/html; charset=utf-8',
              body: `<h1>Your account is limited</h1><p>Confirm at <a href="https://login.evil.example/confirm?id=1">https://www.bank.example/login</a> or <a href="https://www.bank.example/help">get help</a>.</p><img src="http://tracker.example/pixel.gif"><img src="cid:logo" alt="our logo"><script>document.title='run'</script>`,
            },
            {
              type: 'image/png',
              body: Buffer.from(png, 'base64'),
              headers: ['Content-ID: <logo>', 'Content-Disposition: inline; filename="logo.png"'],
            },
          ],
          'inner',
        ),
        {
          type: 'application/pdf',
          body: Buffer.concat([Buffer.from('MZ\x90\0', 'latin1'), Buffer.alloc(2000, 7)]),
          headers: ['Content-Disposition: attachment; filename="invoice.pdf"'],
        },
      ],
      'outer',
    ),
  )

/** Held as spam, of one plain sentence. */
export const spam = (n: number, recipients = ['anna@example.com']): Sent =>
  mail(
    {
      sender: `sender${n}@walk.example`,
      recipients,
      headers: [
        `From: <sender${n}@walk.example>`,
        `To: <${recipients[0]}>`,
        `Subject: walk ${n}`,
        `Message-ID: <walk-${n}@walk.example>`,
        ...spamHeaders,
      ],
    },
    single({ type: 'text/plain; charset=utf-8', body: `This is the text of number ${n}.\r\n` }),
  )
