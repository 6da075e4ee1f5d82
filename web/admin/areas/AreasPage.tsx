/** To be built. */
import { Page } from '../../ui/Page.tsx'

export function AreasPage() {
  return <Page title="AreasPage">{null}</Page>
}
