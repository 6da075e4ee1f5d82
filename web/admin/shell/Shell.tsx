/** The frame around every page: the menu (left; behind a button on a narrow screen), who is signed in, live updates. */
import {
  ActionIcon,
  AppShell,
  Box,
  Burger,
  Divider,
  Group,
  NavLink,
  ScrollArea,
  Text,
  Tooltip,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLogout, IconPlugConnectedX } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { call } from '../../api/client.ts'
import { useLive } from '../../api/live.ts'
import { useSession } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { tellFailure } from '../../ui/notify.tsx'
import { Brand } from './Brand.tsx'
import { type MenuEntry, menu } from './menu.tsx'
import { useFocusOnPage } from './useFocusOnPage.ts'

export function Shell({ children }: { children: ReactNode }) {
  const { shell } = useText()
  const [opened, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  const live = useLive()
  // biome-ignore lint/correctness/useExhaustiveDependencies: closes whenever another page is opened
  useEffect(close, [pathname])
  useFocusOnPage()
  return (
    <AppShell
      layout="alt"
      padding={{ base: 'sm', sm: 'lg' }}
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }}
    >
      <a href="#content" className="skip">
        {shell.skip}
      </a>
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="sm" justify="space-between">
          <Brand size={24} />
          <Burger opened={opened} onClick={toggle} aria-label={shell.menu} aria-expanded={opened} size="sm" />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={shell.menu}>
        <AppShell.Section px={6} pt={6} pb="md">
          <Group justify="space-between">
            <Brand />
            <Burger hiddenFrom="sm" opened={opened} onClick={toggle} aria-label={shell.menu} size="sm" />
          </Group>
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea} type="auto">
          <Menu pathname={pathname} />
        </AppShell.Section>
        <AppShell.Section>
          {!live && (
            <Group gap={6} px={6} pb={6} wrap="nowrap" c="dimmed" role="status">
              <IconPlugConnectedX size={16} aria-hidden />
              <Text size="xs">{shell.notLive}</Text>
            </Group>
          )}
          <Divider mb="xs" />
          <Who />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none' }}>
        {children}
      </AppShell.Main>
    </AppShell>
  )
}

function Menu({ pathname }: { pathname: string }) {
  const { shell } = useText()
  const { permissions } = useSession()
  const allowed = (entry: MenuEntry) => !entry.permission || permissions.includes(entry.permission)
  return (
    <>
      {menu.filter(allowed).map((entry) =>
        entry.children ? (
          <Box key={entry.label} mt="xs">
            <Text size="xs" fw={600} c="dimmed" px={10} py={6}>
              {shell[entry.label]}
            </Text>
            {entry.children.filter(allowed).map((child) => (
              <Item key={child.label} entry={child} pathname={pathname} />
            ))}
          </Box>
        ) : (
          <Item key={entry.label} entry={entry} pathname={pathname} />
        ),
      )}
    </>
  )
}

function Item({ entry, pathname }: { entry: MenuEntry; pathname: string }) {
  const { shell } = useText()
  const active = pathname === entry.to || pathname.startsWith(`${entry.to}/`)
  return (
    <NavLink
      component={Link}
      to={entry.to}
      label={shell[entry.label]}
      leftSection={entry.icon}
      rightSection={entry.mark}
      active={active}
      aria-current={active ? 'page' : undefined}
      mt={entry.spaced ? 'xs' : 0}
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
      py={7}
    />
  )
}

function Who() {
  const { shell, common } = useText()
  const { name, role, domains } = useSession()
  const client = useQueryClient()
  const signOut = async () => {
    try {
      await call('signOut', {})
      client.clear()
      location.assign('/')
    } catch (error) {
      tellFailure(error)
    }
  }
  return (
    <Group justify="space-between" wrap="nowrap" px={6} py={4}>
      <Box style={{ minWidth: 0 }}>
        <Text size="sm" fw={500} className="cut">
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {common.roles[role]}
        </Text>
        {domains && (
          <Text size="xs" c="dimmed" lineClamp={2} title={shell.domains(domains)}>
            {shell.domains(domains)}
          </Text>
        )}
      </Box>
      <Tooltip label={shell.signOut}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={shell.signOut}
          onClick={() => void signOut()}
        >
          <IconLogout size={18} />
        </ActionIcon>
      </Tooltip>
    </Group>
  )
}
