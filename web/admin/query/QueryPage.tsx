/** To be built. */
import { Page } from '../../ui/Page.tsx'

export function QueryPage() {
  return <Page title="QueryPage">{null}</Page>
}
