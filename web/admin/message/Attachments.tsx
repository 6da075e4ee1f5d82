/**
 * Attachments and pictures of a message: name, what it is declared as and what it is in truth, size, and a download of
 * each. What may be a virus is asked about first.
 */
import { ActionIcon, Group, Paper, Text, ThemeIcon, Title, Tooltip } from '@mantine/core'
import { IconDownload, IconFile, IconFileAlert, IconPhoto } from '@tabler/icons-react'
import { useState } from 'react'
import { type AnswerOf, urlOf } from '../../api/client.ts'
import { useMay } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import { size } from '../../ui/times.tsx'
import { contradicts } from './deceit.ts'
import styles from './message.module.css'
import { VirusQuestion } from './VirusQuestion.tsx'

type Part = AnswerOf<'readMessage'>['parts'][number]

export interface AttachmentsProps {
  id: string
  parts: readonly Part[]
  virus: boolean
}

export function Attachments({ id, parts, virus }: AttachmentsProps) {
  const { message } = useText()
  const mayDownload = useMay('message.download')
  const [asked, setAsked] = useState<Part | null>(null)
  const pictures = parts.filter(({ inline }) => inline).length
  const title = message.parts(parts.length - pictures, pictures)
  return (
    <Paper withBorder component="section" aria-label={title}>
      <Title order={2} px="md" pt="md" pb={4}>
        {title}
      </Title>
      <ul className={styles.list}>
        {parts.map((part) => (
          <li key={part.part} className={styles.part}>
            <PartText part={part} />
            {mayDownload && (
              <Download
                name={visible(part.name) || message.noName}
                href={urlOf('downloadPart', { params: { id, part: part.part } })}
                ask={virus ? () => setAsked(part) : null}
              />
            )}
          </li>
        ))}
      </ul>
      <VirusQuestion
        href={
          asked &&
          urlOf('downloadPart', { params: { id, part: asked.part }, query: { confirmVirus: 'true' } })
        }
        onClose={() => setAsked(null)}
      />
    </Paper>
  )
}

function PartText({ part: { name, type, trueType, size: bytes, inline } }: { part: Part }) {
  const { message } = useText()
  const differs = contradicts(type, trueType)
  return (
    <>
      <ThemeIcon variant="light" color={differs ? 'orange' : 'gray'} size={34} aria-hidden>
        {differs ? (
          <IconFileAlert size={19} stroke={1.6} />
        ) : (trueType ?? type).startsWith('image/') ? (
          <IconPhoto size={19} stroke={1.6} />
        ) : (
          <IconFile size={19} stroke={1.6} />
        )}
      </ThemeIcon>
      <div className={styles.any}>
        <Text size="sm" fw={500} component="div" lineClamp={2} title={visible(name)}>
          <MailText whenEmpty={message.noName}>{name}</MailText>
        </Text>
        <Group gap="2px 10px" fz="xs" c="dimmed">
          <span>{size(bytes)}</span>
          <span className={styles.any}>
            {message.declared} <MailText>{type}</MailText>
          </span>
          {trueType !== null && (
            <span className={styles.any}>
              {message.truth}{' '}
              <MailText fw={differs ? 600 : undefined} c={differs ? 'var(--mantine-color-text)' : undefined}>
                {trueType}
              </MailText>
            </span>
          )}
          {inline && <span>{message.inline}</span>}
          {differs && <span className={styles.warning}>{message.differs}</span>}
        </Group>
      </div>
    </>
  )
}

function Download({ name, href, ask }: { name: string; href: string; ask: (() => void) | null }) {
  const { message } = useText()
  const label = message.downloadPart(name.slice(0, 200))
  const look = { variant: 'default', size: 40, 'aria-label': label } as const
  const icon = <IconDownload size={18} stroke={1.6} aria-hidden />
  return (
    <Tooltip label={label} multiline maw={400} style={{ overflowWrap: 'anywhere' }}>
      {ask ? (
        <ActionIcon {...look} onClick={ask}>
          {icon}
        </ActionIcon>
      ) : (
        <ActionIcon {...look} component="a" href={href} download>
          {icon}
        </ActionIcon>
      )}
    </Tooltip>
  )
}
