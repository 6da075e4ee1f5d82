/** To be built. */
import { Page } from '../../ui/Page.tsx'

export function JobPage() {
  return <Page title="JobPage">{null}</Page>
}
