/** To be built. */
import { Page } from '../../ui/Page.tsx'

export function YouPage() {
  return <Page title="YouPage">{null}</Page>
}
