/** To be built. */
import { Page } from '../../ui/Page.tsx'

export function MessagePage() {
  return <Page title="MessagePage">{null}</Page>
}
