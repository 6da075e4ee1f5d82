/** The menu: what there is, in which order, and who sees it. */
import {
  IconFolders,
  IconHistory,
  IconLayoutDashboard,
  IconListCheck,
  IconMailForward,
  IconMailQuestion,
  IconMailSearch,
  IconSend,
  IconUserCircle,
  IconUserHeart,
  IconUsers,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Text } from '../../text/index.ts'
import { OpenRequests } from './OpenRequests.tsx'

export interface MenuEntry {
  label: keyof Text['shell'] &
    (
      | 'overview'
      | 'mail'
      | 'query'
      | 'areas'
      | 'deliveries'
      | 'jobs'
      | 'requests'
      | 'audit'
      | 'users'
      | 'digests'
      | 'accounts'
      | 'you'
    )
  to?:
    | '/overview'
    | '/query'
    | '/areas'
    | '/deliveries'
    | '/jobs'
    | '/requests'
    | '/audit'
    | '/users'
    | '/digests'
    | '/accounts'
    | '/you'
  icon?: ReactNode
  /** What stands at its end. */
  mark?: ReactNode
  permission?: string
  children?: readonly MenuEntry[]
  spaced?: boolean
}

const at = { size: 18, stroke: 1.6, 'aria-hidden': true } as const

export const menu: readonly MenuEntry[] = [
  { label: 'overview', to: '/overview', icon: <IconLayoutDashboard {...at} />, permission: 'status.view' },
  {
    label: 'mail',
    children: [
      { label: 'query', to: '/query', icon: <IconMailSearch {...at} />, permission: 'message.find' },
      {
        label: 'requests',
        to: '/requests',
        icon: <IconMailQuestion {...at} />,
        mark: <OpenRequests />,
        permission: 'request.view',
      },
      { label: 'areas', to: '/areas', icon: <IconFolders {...at} />, permission: 'area.view' },
      { label: 'deliveries', to: '/deliveries', icon: <IconSend {...at} />, permission: 'delivery.view' },
      { label: 'jobs', to: '/jobs', icon: <IconListCheck {...at} />, permission: 'message.find' },
    ],
  },
  {
    label: 'users',
    to: '/users',
    icon: <IconUserHeart {...at} />,
    permission: 'user.view',
    spaced: true,
  },
  { label: 'digests', to: '/digests', icon: <IconMailForward {...at} />, permission: 'status.view' },
  { label: 'audit', to: '/audit', icon: <IconHistory {...at} />, permission: 'audit.view' },
  { label: 'accounts', to: '/accounts', icon: <IconUsers {...at} />, permission: 'account.manage' },
  { label: 'you', to: '/you', icon: <IconUserCircle {...at} /> },
]
