/**
 * The pages of the administrators' console and their addresses. Each is a chunk of its own, loaded when it is first
 * opened. Search parameters are plain text, so that an address can be read, bookmarked and sent to a colleague.
 */
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Navigate,
  redirect,
} from '@tanstack/react-router'
import { later } from '../ui/later.tsx'
import { Broken, NotFound } from './shell/Broken.tsx'
import { Root } from './shell/Root.tsx'

export type Search = Record<string, string>

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Root,
  notFoundComponent: NotFound,
  errorComponent: Broken,
  validateSearch: (search): Search =>
    Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)])),
})

const under = () => rootRoute

const pages = [
  createRoute({
    getParentRoute: under,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/query', search: {}, replace: true })
    },
  }),
  createRoute({
    getParentRoute: under,
    path: '/first-run',
    // Pages are shown to those who are signed in: they need it no more (the others get it from Root).
    component: () => <Navigate to="/query" search={{}} replace />,
  }),
  createRoute({
    getParentRoute: under,
    path: '/overview',
    component: later(() => import('./overview/OverviewPage.tsx').then((it) => it.OverviewPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/query',
    component: later(() => import('./query/QueryPage.tsx').then((it) => it.QueryPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/query/$id',
    component: later(() => import('./message/MessagePage.tsx').then((it) => it.MessagePage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/jobs',
    component: later(() => import('./jobs/JobsPage.tsx').then((it) => it.JobsPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/jobs/$id',
    component: later(() => import('./jobs/JobPage.tsx').then((it) => it.JobPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/requests',
    component: later(() => import('./requests/RequestsPage.tsx').then((it) => it.RequestsPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/areas',
    component: later(() => import('./areas/AreasPage.tsx').then((it) => it.AreasPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/deliveries',
    component: later(() => import('./deliveries/DeliveriesPage.tsx').then((it) => it.DeliveriesPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/audit',
    component: later(() => import('./audit/AuditPage.tsx').then((it) => it.AuditPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/digests',
    component: later(() => import('./digests/DigestsPage.tsx').then((it) => it.DigestsPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/digests/$id',
    component: later(() => import('./digests/DigestPage.tsx').then((it) => it.DigestPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/users',
    component: later(() => import('./users/UsersPage.tsx').then((it) => it.UsersPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/users/$id',
    component: later(() => import('./users/UserPage.tsx').then((it) => it.UserPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/accounts',
    component: later(() => import('./accounts/AccountsPage.tsx').then((it) => it.AccountsPage)),
  }),
  createRoute({
    getParentRoute: under,
    path: '/you',
    component: later(() => import('./you/YouPage.tsx').then((it) => it.YouPage)),
  }),
] as const

export function createConsole(queryClient: QueryClient) {
  return createRouter({
    routeTree: rootRoute.addChildren([...pages]),
    context: { queryClient },
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const pairs = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
      const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
      // Asterisks, colons and @ may stand in an address as they are: it stays readable.
      return text === '' ? '' : `?${text.replace(/%(2A|3A|40|2C)/g, (code) => decodeURIComponent(code))}`
    },
    scrollRestoration: true,
    defaultPendingMs: 300,
    // A page that breaks leaves the menu.
    defaultErrorComponent: Broken,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsole>
  }
}
