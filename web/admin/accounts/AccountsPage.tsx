/** To be built. */
import { Page } from '../../ui/Page.tsx'

export function AccountsPage() {
  return <Page title="AccountsPage">{null}</Page>
}
