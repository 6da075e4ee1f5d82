/** What can be done with a message now, in big plain buttons: only what its copies' states and the role allow. */
import { Button, Group } from '@mantine/core'
import { IconDownload, IconRestore, IconSend, IconTrash } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type MouseEvent, useEffect, useRef, useState } from 'react'
import { urlOf } from '../../api/client.ts'
import { useMay } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { DeleteDialog } from '../deeds/DeleteDialog.tsx'
import { ReleaseDialog } from '../deeds/ReleaseDialog.tsx'
import { restore } from '../deeds/restore.ts'
import { type Detail, deletedCopies, heldForVirus, openCopies } from './copies.ts'
import styles from './message.module.css'
import { VirusQuestion } from './VirusQuestion.tsx'

type Asked = 'release' | 'delete' | 'download'

export function MessageActions({ detail }: { detail: Detail }) {
  const { message, deeds } = useText()
  const mayRelease = useMay('message.release')
  const mayDelete = useMay('message.delete')
  const mayRestore = useMay('message.restore')
  const mayDownload = useMay('message.download')
  const [asked, setAsked] = useState<Asked | null>(null)
  const buttons = useRef<HTMLDivElement>(null)
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const purged = detail.purgedAt !== null
  const open = openCopies(detail).length > 0
  // The warning of the dialog goes by the reason; a second scanner may have found a virus as well.
  const asOrdered = heldForVirus(detail) ? { ...detail, reason: 'malware' } : detail
  const raw = urlOf('downloadMessage', { params: { id: detail.id } })

  const bringBack = async () => {
    setBusy(true)
    await restore(client, [detail.id], deeds)
    setBusy(false)
  }
  const opener = useRef<HTMLElement | null>(null)
  const ask = (what: Asked) => (event: MouseEvent<HTMLElement>) => {
    opener.current = event.currentTarget
    setAsked(what)
  }
  // Back to the button that opened the dialog; when the deed took that away, to the first that is there.
  useEffect(() => {
    if (asked !== null || opener.current === null || document.activeElement !== document.body) return
    const there = opener.current.isConnected
      ? opener.current
      : buttons.current?.querySelector<HTMLElement>('button, a')
    there?.focus({ preventScroll: true })
  })
  // Whoever points elsewhere afterwards is not called back.
  useEffect(() => {
    if (asked !== null) return
    const forget = () => {
      opener.current = null
    }
    document.addEventListener('pointerdown', forget)
    return () => document.removeEventListener('pointerdown', forget)
  }, [asked])
  return (
    <Group gap="xs" ref={buttons} className={styles.actions}>
      {open && !purged && mayRelease && (
        <Button leftSection={<IconSend size={18} aria-hidden />} onClick={ask('release')} h={40}>
          {message.release}
        </Button>
      )}
      {deletedCopies(detail).length > 0 && mayRestore && (
        <Button
          variant="light"
          leftSection={<IconRestore size={18} aria-hidden />}
          loading={busy}
          onClick={() => void bringBack()}
          h={40}
        >
          {message.restore}
        </Button>
      )}
      {open && mayDelete && (
        <Button
          variant="default"
          leftSection={<IconTrash size={18} aria-hidden />}
          onClick={ask('delete')}
          h={40}
        >
          {message.delete}
        </Button>
      )}
      {!purged &&
        mayDownload &&
        (heldForVirus(detail) ? (
          <Button
            variant="default"
            leftSection={<IconDownload size={18} aria-hidden />}
            onClick={ask('download')}
            h={40}
          >
            {message.download}
          </Button>
        ) : (
          <Button
            component="a"
            href={raw}
            download
            variant="default"
            leftSection={<IconDownload size={18} aria-hidden />}
            h={40}
          >
            {message.download}
          </Button>
        ))}
      {asked === 'release' && (
        <ReleaseDialog messages={[asOrdered]} onClose={() => setAsked(null)} onDone={() => undefined} />
      )}
      {asked === 'delete' && (
        <DeleteDialog messages={[detail]} onClose={() => setAsked(null)} onDone={() => undefined} />
      )}
      <VirusQuestion href={asked === 'download' ? raw : null} onClose={() => setAsked(null)} />
    </Group>
  )
}
