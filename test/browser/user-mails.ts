/** Mail for users in tests: held for several reasons, some of it for more than one address of a user. */
import { mail, multipart, richMail, type Sent, single, spamHeaders } from './mails.ts'

export const anna = 'anna@example.com'
export const bilal = 'bilal@example.com'
/** A shared mailbox that Anna looks after as well. */
export const office = 'office@example.com'

const plain = (subject: string, recipients: string[], from: string, sender: string): Sent =>
  mail(
    {
      sender,
      recipients,
      headers: [`From: ${from}`, `To: <${recipients[0]}>`, `Subject: ${subject}`, ...spamHeaders],
    },
    single({ type: 'text/plain; charset=utf-8', body: `About ${subject}.\r\n\r\nKind regards` }),
  )

const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join('')

/** Six for Anna (one of them for the office too, one malware), two of these for Bilal as well. */
export const usersMail = (): Sent[] => [
  plain('Offer of the week', [anna], '"Garden Shop" <news@shop.example>', 'news@shop.example'),
  plain(
    'Your parcel is waiting',
    [anna, bilal],
    '"Parcel service" <info@parcel.example>',
    'x7@relay.example',
  ),
  plain('Minutes of the meeting', [office], '<clerk@council.example>', 'clerk@council.example'),
  richMail(),
  mail(
    {
      sender: 'billing@vendor.example',
      recipients: [anna],
      headers: ['From: "Billing" <billing@vendor.example>', `To: <${anna}>`, 'Subject: Invoice 4711'],
    },
    multipart(
      'mixed',
      [
        { type: 'text/plain', body: 'Please open the invoice.' },
        {
          type: 'application/octet-stream; name="invoice.exe"',
          body: Buffer.from('MZ\0\0'.padEnd(300, '\0')),
          headers: ['Content-Disposition: attachment; filename="invoice.exe"'],
        },
      ],
      'user-1',
    ),
  ),
  mail(
    {
      sender: 'helper@free.example',
      recipients: [anna],
      headers: ['From: <helper@free.example>', `To: <${anna}>`, 'Subject: Free tool'],
    },
    multipart(
      'mixed',
      [
        { type: 'text/plain', body: 'Here it is.' },
        {
          type: 'text/plain',
          body: eicar,
          headers: ['Content-Disposition: attachment; filename="tool.txt"'],
        },
      ],
      'user-2',
    ),
  ),
]
