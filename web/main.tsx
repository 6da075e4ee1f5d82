/** Where the administrators' console starts. */
import '@mantine/core/styles.layer.css'
import '@mantine/dates/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import 'mantine-datatable/styles.layer.css'
import './ui/base.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createConsole } from './admin/router.tsx'
import { createQueryClient } from './api/hooks.ts'
import { common } from './text/en/everywhere.ts'
import { allowStyles, styleNonce } from './ui/nonce.ts'
import { strongerText, themeWith } from './ui/theme.ts'

const queryClient = createQueryClient()
const router = createConsole(queryClient)
const theme = themeWith(common.close)
const root = document.getElementById('root')
if (!root) throw new Error('the page has no place for the console')

allowStyles()
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={strongerText}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" limit={4} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
