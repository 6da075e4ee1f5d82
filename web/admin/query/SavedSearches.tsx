/** Searches that were given a name: open one, save this one, delete an own one. What is saved is the address. */
import { Button, Checkbox, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBookmark, IconDeviceFloppy, IconTrash } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { AnswerOf } from '../../api/client.ts'
import { useApi, useDeed } from '../../api/hooks.ts'
import { useSession } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { useReturnFocus } from '../../ui/returnFocus.ts'
import type { Search } from './address.ts'

type Saved = AnswerOf<'listSearches'>['items'][number]

/** @param search the criteria and order of the address; null where there is nothing to save. */
export function SavedSearches({ search }: { search: Search | null }) {
  const { query } = useText()
  const [opened, { toggle, close }] = useDisclosure()
  const [saving, setSaving] = useDisclosure()
  useReturnFocus(saving)
  const searches = useApi('listSearches', {}, { enabled: opened, staleTime: 0, keepPrevious: true })
  const items = searches.data?.items ?? []
  const parts = [
    { label: query.saved.own, items: items.filter(({ own }) => own) },
    { label: query.saved.shared, items: items.filter(({ own }) => !own) },
  ].filter((part) => part.items.length > 0)
  return (
    <>
      <Menu opened={opened} onChange={toggle} position="bottom-end" shadow="md" width={300} returnFocus>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={16} aria-hidden />}>
            {query.saved.menu}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah="min(60vh, 480px)" style={{ overflowY: 'auto' }}>
          {search && (
            <>
              <Menu.Item leftSection={<IconDeviceFloppy size={16} />} onClick={setSaving.open}>
                {query.saved.save}
              </Menu.Item>
              <Menu.Divider />
            </>
          )}
          {searches.error ? (
            <Text size="sm" px="sm" py={6} c="red">
              {searches.error.message}
            </Text>
          ) : (
            parts.length === 0 && (
              <Text size="sm" px="sm" py={6} c="dimmed">
                {query.saved.none}
              </Text>
            )
          )}
          {parts.map((part) => (
            <div key={part.label}>
              <Menu.Label>{part.label}</Menu.Label>
              {part.items.map((saved) => (
                <Entry key={saved.id} saved={saved} onClose={close} />
              ))}
            </div>
          ))}
        </Menu.Dropdown>
      </Menu>
      {search && (
        <Modal opened={saving} onClose={setSaving.close} title={query.saved.title} size="sm">
          <Save search={search} onClose={setSaving.close} />
        </Modal>
      )}
    </>
  )
}

function Entry({ saved, onClose }: { saved: Saved; onClose: () => void }) {
  const { query } = useText()
  const navigate = useNavigate()
  const drop = useDeed('dropSearch', ['searches'])
  return (
    <Group gap={0} wrap="nowrap">
      <Menu.Item
        style={{ minWidth: 0 }}
        onClick={() => {
          onClose()
          void navigate({ to: '/query', search: Object.fromEntries(new URLSearchParams(saved.query)) })
        }}
      >
        <Text size="sm" className="cut" title={saved.name}>
          <bdi>{saved.name}</bdi>
        </Text>
        {(!saved.own || saved.shared) && (
          <Text size="xs" c="dimmed" className="cut">
            {saved.own ? query.saved.sharedOwn : query.saved.by(saved.owner)}
          </Text>
        )}
      </Menu.Item>
      {saved.own && (
        <Menu.Item
          w={40}
          px={12}
          c="dimmed"
          style={{ flexShrink: 0 }}
          closeMenuOnClick={false}
          aria-label={query.saved.drop(saved.name)}
          onClick={() =>
            drop.mutate(
              { params: { id: saved.id } },
              { onSuccess: () => tellDone(query.saved.dropped(saved.name)), onError: tellFailure },
            )
          }
        >
          <IconTrash size={16} aria-hidden />
        </Menu.Item>
      )}
    </Group>
  )
}

function Save({ search, onClose }: { search: Search; onClose: () => void }) {
  const { query, common } = useText()
  const me = useSession()
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const [told, setTold] = useState(false)
  const save = useDeed('saveSearch', ['searches'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    setTold(true)
    if (name.trim() === '') return
    save.mutate(
      { body: { name: name.trim(), query: new URLSearchParams(search).toString(), shared } },
      {
        onSuccess: () => {
          tellDone(query.saved.saved(name.trim()))
          onClose()
        },
      },
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={query.saved.name}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={80}
          error={told && name.trim() === '' ? query.saved.needName : undefined}
          autoComplete="off"
          data-autofocus
        />
        {/* Who looks after some domains shares with nobody, since all others see more. */}
        {me.domains === null && (
          <Checkbox
            label={query.saved.share}
            checked={shared}
            onChange={(event) => setShared(event.currentTarget.checked)}
          />
        )}
        {save.error && <Failure error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
