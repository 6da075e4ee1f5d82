/** To be built. */
import { Page } from '../../ui/Page.tsx'

export function OverviewPage() {
  return <Page title="OverviewPage">{null}</Page>
}
