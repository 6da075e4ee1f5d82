/** What is known of a message: the decision, what scanners said, addresses side by side, the client, the content. */
import { Stack, Text, Tooltip } from '@mantine/core'
import { IconArrowsDiff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useText } from '../../text/index.ts'
import { MailText } from '../../ui/MailText.tsx'
import { size, Time } from '../../ui/times.tsx'
import { addressIn, type Detail, namesAll } from './copies.ts'
import { Card, Copyable, Facts } from './Facts.tsx'
import styles from './message.module.css'
import { Verdicts } from './Verdicts.tsx'

export function DetailsTab({ detail }: { detail: Detail }) {
  return (
    <Stack gap="md">
      <Addresses detail={detail} />
      <Verdicts verdicts={detail.verdicts} />
      <div className={styles.columns}>
        <Decision detail={detail} />
        <Content detail={detail} />
        <Client detail={detail} />
        <Authentication results={detail.authentication} />
      </div>
    </Stack>
  )
}

/** A value out of mail, or that there is none. */
function Value({ children }: { children: string }) {
  const { message } = useText()
  return <MailText whenEmpty={message.facts.notGiven}>{children}</MailText>
}

function Decision({ detail }: { detail: Detail }) {
  const { message } = useText()
  const { facts } = message
  return (
    <Facts
      title={facts.decision}
      facts={[
        [facts.reason, <Value key="reason">{detail.reason}</Value>],
        [message.area, <Value key="area">{detail.area}</Value>],
        [message.rule, <Value key="rule">{detail.rule}</Value>],
        [facts.scanner, <Value key="scanner">{detail.scanner}</Value>],
        [facts.score, detail.score === null ? facts.notGiven : String(detail.score)],
        [message.received, <Time key="received" at={detail.receivedAt} />],
        [
          facts.keptUntil,
          detail.keptUntil === null ? facts.keptForever : <Time key="kept" at={detail.keptUntil} />,
        ],
      ]}
    />
  )
}

function Content({ detail }: { detail: Detail }) {
  const { message } = useText()
  const { facts } = message
  return (
    <Facts
      title={facts.content}
      facts={[
        [
          message.size,
          detail.size < 1000
            ? facts.bytes(detail.size)
            : `${size(detail.size)} (${facts.bytes(detail.size)})`,
        ],
        [
          facts.sha256,
          <Copyable key="sha256" value={detail.sha256} what={facts.sha256}>
            <span className={styles.mono}>{detail.sha256}</span>
          </Copyable>,
        ],
        [
          facts.messageId,
          detail.messageId === '' ? (
            facts.notGiven
          ) : (
            <Copyable key="messageId" value={detail.messageId} what={facts.messageId}>
              <MailText>{detail.messageId}</MailText>
            </Copyable>
          ),
        ],
        [
          facts.id,
          <Copyable key="id" value={detail.id} what={facts.id}>
            <span className={styles.mono}>{detail.id}</span>
          </Copyable>,
        ],
        [facts.body, <Value key="body">{detail.body}</Value>],
        [facts.smtputf8, detail.smtputf8 ? facts.yes : facts.no],
      ]}
    />
  )
}

function Client({ detail: { client, via } }: { detail: Detail }) {
  const { message } = useText()
  const { facts } = message
  return (
    <Facts
      title={facts.client}
      facts={[
        [facts.ip, <Value key="ip">{client.ip}</Value>],
        [facts.name, <Value key="name">{client.name}</Value>],
        [facts.helo, <Value key="helo">{client.helo}</Value>],
        [facts.protocol, <Value key="protocol">{client.protocol}</Value>],
        [facts.peer, <Value key="peer">{client.peerIp}</Value>],
        [facts.via, via.toUpperCase()],
      ]}
    />
  )
}

function Authentication({ results }: { results: readonly string[] }) {
  const { message } = useText()
  const { facts } = message
  return (
    <Card title={facts.authentication}>
      {results.length === 0 ? (
        <Text size="sm" c="dimmed">
          {facts.noAuthentication}
        </Text>
      ) : (
        <Stack gap={6}>
          {results.map((result, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and lines may be the same
            <MailText key={n} className={styles.words}>
              {result}
            </MailText>
          ))}
          <Text size="xs" c="dimmed">
            {facts.authenticationNote}
          </Text>
        </Stack>
      )}
    </Card>
  )
}

/** Who the envelope names and who the header names: where they differ, somebody may want to be taken for another. */
function Addresses({ detail }: { detail: Detail }) {
  const { message, common } = useText()
  const { facts } = message
  const envelope = detail.recipients.map(({ address }) => address)
  const shown = envelope.slice(0, 5)
  return (
    <Card title={facts.addresses}>
      <Pair
        name={facts.sender}
        differs={detail.headerFrom !== '' && addressIn(detail.headerFrom) !== detail.sender.toLowerCase()}
        envelope={<MailText whenEmpty={common.nullSender}>{detail.sender}</MailText>}
        header={<Value>{detail.headerFrom}</Value>}
      />
      <Pair
        name={facts.recipients}
        differs={detail.headerTo !== '' && !namesAll(detail.headerTo, envelope)}
        envelope={
          <>
            {shown.map((address) => (
              <div key={address}>
                <MailText>{address}</MailText>
              </div>
            ))}
            {envelope.length > shown.length && (
              <Text size="xs" c="dimmed">
                {common.more(envelope.length - shown.length)}
              </Text>
            )}
          </>
        }
        header={
          <Text inherit lineClamp={6} component="div">
            <Value>{detail.headerTo}</Value>
          </Text>
        }
      />
      <Pair
        name={facts.date}
        differs={false}
        envelope={<Time at={detail.receivedAt} />}
        header={<Value>{detail.headerDate}</Value>}
      />
    </Card>
  )
}

interface PairProps {
  name: string
  differs: boolean
  envelope: ReactNode
  header: ReactNode
}

function Pair({ name, differs, envelope, header }: PairProps) {
  const { message } = useText()
  const { facts } = message
  return (
    <div className={styles.pair}>
      <Text size="sm" component="h3" c="dimmed" fw={400}>
        {name}
      </Text>
      <dl className={styles.sides}>
        <div>
          <dt>{facts.envelope}</dt>
          <dd>{envelope}</dd>
        </div>
        <div>
          <dt>
            {facts.header}
            {differs && (
              <Tooltip label={facts.differsHint} multiline maw={300}>
                <span className={styles.differs}>
                  <IconArrowsDiff size={14} aria-hidden /> {facts.differs}
                </span>
              </Tooltip>
            )}
          </dt>
          <dd>{header}</dd>
        </div>
      </dl>
    </div>
  )
}
