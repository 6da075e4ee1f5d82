/** What can be set about where mail is sent on to, and how often that is tried. */
import { z } from 'zod'
import { option, section } from '../options.ts'

const seconds = (max: number) => z.number().min(0.01).max(max)

export const nextHopOptions = section(
  'next_hop',
  'The mail server that released and clean mail is handed to: usually the one that sent it here, on a port that does not filter again.',
  {
    host: option(
      z.string().max(255),
      '',
      'Name or address of the next hop, or the path of a UNIX socket (beginning with /).\nEmpty: trial mode, mail stays in a small catch-all of our own.',
    ),
    port: option(z.number().int().min(1).max(65535), 10025, 'TCP port of the next hop.'),
    protocol: option(
      z.enum(['smtp', 'lmtp']),
      'smtp',
      'smtp, or lmtp for a mailbox server (one answer per recipient).',
    ),
    helo_name: option(
      z
        .string()
        .max(255)
        .regex(/^[A-Za-z0-9.:[\]-]*$/),
      '',
      'What we call ourselves in EHLO. Empty: the name of this machine.',
    ),
    tls: option(
      z.enum(['none', 'opportunistic', 'required']),
      'opportunistic',
      'none; opportunistic: STARTTLS when offered, without checking the certificate; required: never without.',
    ),
    tls_verify: option(
      z.boolean(),
      true,
      'With tls = "required": the certificate must be valid for host. Without it only eavesdroppers are kept out.',
    ),
    tls_ca_file: option(
      z.string(),
      '',
      'PEM file of certificate authorities to trust instead of the usual ones.',
    ),
    chunking: option(
      z.boolean(),
      true,
      'Use BDAT when the next hop offers CHUNKING (RFC 3030): exact for any bytes. Turn off for a server that does it badly.',
    ),
    connections: option(z.number().int().min(1).max(500), 10, 'Connections to the next hop at a time.'),
    mails_per_connection: option(
      z.number().int().min(1).max(1_000_000),
      1000,
      'Mails sent over one connection before it is closed and made anew.',
    ),
    recipients_per_mail: option(
      z.number().int().min(1).max(1000),
      100,
      'Recipients in one transaction; a mail with more is sent in several (RFC 5321 §4.5.3.1.8: every server takes 100).',
    ),
    idle_timeout_s: option(seconds(3600), 20, 'Seconds after which an idle connection is closed.'),
    connect_timeout_s: option(seconds(600), 30, 'Seconds to wait for a connection.'),
    command_timeout_s: option(
      seconds(3600),
      60,
      'Seconds to wait for the greeting and for the answer to a command.',
    ),
    data_timeout_s: option(
      seconds(3600),
      300,
      'Seconds to wait while the server takes no more bytes of a message, and for its answer to the whole of it.',
    ),
  },
)

export const deliveryOptions = section(
  'delivery',
  'Released mail on its way to the next hop, and how often it is tried.',
  {
    parallel: option(
      z.number().int().min(1).max(500),
      20,
      'Mails handed to the next hop at a time; more than next_hop.connections only keeps the connections busy.',
    ),
    poll_interval_s: option(
      seconds(3600),
      5,
      'Seconds between looks for mail that is due. A release starts its delivery at once, whatever is set here.',
    ),
    lease_s: option(
      z.number().min(10).max(3600),
      120,
      'Seconds after which deliveries of a process that died are taken up by another. A living one renews them.',
    ),
    stop_grace_s: option(
      z.number().min(0).max(600),
      10,
      'Seconds that mail on its way gets to arrive when the server is stopped; after that it is tried again later.',
    ),
    retry_minutes: option(
      z.array(z.number().min(0.1).max(1440)).min(1).max(50),
      [1, 5, 15, 30, 60],
      'Minutes to wait after the 1st, 2nd, 3rd … attempt that the next hop answered with "later"; the last one repeats.',
      { reloadable: true },
    ),
    give_up_after_h: option(
      z.number().min(0.1).max(720),
      120,
      'Hours after which a delivery that was put off again and again is given up: the mail is then "release failed" and kept.',
      { reloadable: true },
    ),
  },
)
