/** The modules that vite.config.ts makes of the tables of the two APIs. */
declare module 'virtual:routes' {
  export const routes: Record<import('../src/api/routes.ts').RouteName, string>
}
declare module 'virtual:my-routes' {
  export const routes: Record<import('../src/api/euq/routes.ts').EuqRouteName, string>
}
