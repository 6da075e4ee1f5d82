/** The module that vite.config.ts makes of the API's table. */
declare module 'virtual:routes' {
  export const routes: Record<import('../src/api/routes.ts').RouteName, string>
}
