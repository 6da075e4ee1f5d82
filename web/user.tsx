/** Where the End-User Quarantine starts, once the words of the language are there that it is shown in first. */
import '@mantine/core/styles.layer.css'
import './ui/base.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { browserLocale, loadText } from './text/user.ts'
import { allowStyles } from './ui/nonce.ts'
import { createMyClient } from './user/api.ts'
import { Broken } from './user/Broken.tsx'
import { Console } from './user/Console.tsx'
import { LanguageKeeper, rememberedLocale } from './user/LanguageKeeper.tsx'

const queryClient = createMyClient()
allowStyles()
const root = document.getElementById('root')
if (!root) throw new Error('the page has no place for the console')

const locale = rememberedLocale() ?? browserLocale()
const text = await loadText(locale)
createRoot(root).render(
  <StrictMode>
    <LanguageKeeper first={{ locale, text }}>
      <Broken>
        <QueryClientProvider client={queryClient}>
          <Console />
        </QueryClientProvider>
      </Broken>
    </LanguageKeeper>
  </StrictMode>,
)
