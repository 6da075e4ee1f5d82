/** Users: people who look after their own held mail. Searched and turned page by page; one is opened by its address. */
import { Button, Group, NativeSelect, Paper, Skeleton, Stack, Text } from '@mantine/core'
import { IconUserHeart } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '../../api/hooks.ts'
import { useMay } from '../../api/session.ts'
import { users } from '../../text/en/users.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { Page } from '../../ui/Page.tsx'
import { PageTurner } from '../../ui/PageTurner.tsx'
import { SearchField } from '../../ui/SearchField.tsx'
import { searchOf, states, usersPerPage, type Wish, wishOf } from './address.ts'
import { NewUser } from './NewUser.tsx'
import { UserTable } from './UserTable.tsx'
import classes from './users.module.css'

export function UsersPage() {
  const may = useMay('user.manage')
  const search: Record<string, string> = useSearch({ strict: false })
  const navigate = useNavigate()
  const wish = wishOf(search)
  const go = (change: Partial<Wish>) =>
    void navigate({ to: '/users', search: searchOf({ ...wish, page: 1, ...change }) })
  const [inviting, setInviting] = useState(false)
  return (
    <Page
      title={users.title}
      lead={users.lead}
      actions={may && <Button onClick={() => setInviting(true)}>{users.invite}</Button>}
    >
      <Stack gap="sm">
        <Criteria wish={wish} onWish={go} />
        <Result wish={wish} onWish={go} />
      </Stack>
      <NewUser opened={inviting} onClose={() => setInviting(false)} />
    </Page>
  )
}

interface WishProps {
  wish: Wish
  onWish: (change: Partial<Wish>) => void
}

function Criteria({ wish, onWish }: WishProps) {
  return (
    <Group gap="sm" align="flex-end" component="search">
      <SearchField className={classes.search} q={wish.q} onSearch={(q) => onWish({ q })} words={users} />
      <NativeSelect
        size="md"
        aria-label={users.stateLabel}
        value={wish.state}
        onChange={(event) => {
          const { value } = event.currentTarget
          onWish({ state: states.find((one) => one === value) ?? 'all' })
        }}
        data={states.map((value) => ({ value, label: users.state[value] }))}
      />
    </Group>
  )
}

function Result({ wish, onWish }: WishProps) {
  const { q, state, page } = wish
  const query = {
    limit: usersPerPage,
    page,
    ...(q === '' ? {} : { q }),
    ...(state === 'all' ? {} : { state }),
  }
  const list = useApi('listUsers', { query }, { keepPrevious: true })
  const narrowed = q !== '' || state !== 'all'
  if (list.error && !list.data) return <Failure error={list.error} retry={() => void list.refetch()} />
  if (!list.data)
    return (
      <Paper withBorder p="md">
        <Stack gap="sm">
          {Array.from({ length: 8 }, (_, n) => (
            <Skeleton key={String(n)} height={26} />
          ))}
        </Stack>
      </Paper>
    )
  const { items, total } = list.data
  const pages = Math.max(1, Math.ceil(total / usersPerPage))
  return (
    <>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      <Text size="sm" c="dimmed" role="status">
        {users.total(total)}
      </Text>
      {items.length === 0 ? (
        <Paper withBorder>
          <Empty title={narrowed ? users.noneFound : users.none} icon={<IconUserHeart />}>
            {narrowed ? users.noneFoundText : users.noneText}
            {(narrowed || page > 1) && (
              <div>
                <Button variant="default" mt="md" onClick={() => onWish({ q: '', state: 'all' })}>
                  {users.showAll}
                </Button>
              </div>
            )}
          </Empty>
        </Paper>
      ) : (
        <UserTable items={items} />
      )}
      <PageTurner
        page={page}
        more={page < pages}
        onPage={(to) => onWish({ page: Math.min(to, pages) })}
        words={{ ...users, here: users.pageOf(page, pages) }}
      />
    </>
  )
}
