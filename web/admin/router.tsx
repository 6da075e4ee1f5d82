/**
 * The pages of the administrators' console and their addresses. Each is a chunk of its own, loaded when it is first
 * opened. Search parameters are plain text, so that an address can be read, bookmarked and sent to a colleague.
 */
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
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

export const firstRunRoute = createRoute({
  getParentRoute: under,
  path: '/first-run',
  // Signed in by then, it is of no use any more (Root shows the first-run page to those who need it).
  beforeLoad: () => undefined,
  component: () => null,
})

const pages = [
  createRoute({
    getParentRoute: under,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/query', search: {}, replace: true })
    },
  }),
  firstRunRoute,
  createRoute({
    getParentRoute: under,
    path: '/overview',
    component: lazyRouteComponent(() => import('./overview/OverviewPage.tsx'), 'OverviewPage'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/query',
    component: lazyRouteComponent(() => import('./query/QueryPage.tsx'), 'QueryPage'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/query/$id',
    component: lazyRouteComponent(() => import('./message/MessagePage.tsx'), 'MessagePage'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/jobs',
    component: lazyRouteComponent(() => import('./jobs/JobsPage.tsx'), 'JobsPage'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/jobs/$id',
    component: lazyRouteComponent(() => import('./jobs/JobPage.tsx'), 'JobPage'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/areas',
    component: lazyRouteComponent(() => import('./areas/AreasPage.tsx'), 'AreasPage'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/deliveries',
    component: lazyRouteComponent(() => import('./deliveries/DeliveriesPage.tsx'), 'DeliveriesPage'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/audit',
    component: lazyRouteComponent(() => import('./audit/AuditPage.tsx'), 'AuditPage'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/accounts',
    component: lazyRouteComponent(() => import('./accounts/AccountsPage.tsx'), 'AccountsPage'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/you',
    component: lazyRouteComponent(() => import('./you/YouPage.tsx'), 'YouPage'),
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
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsole>
  }
}
