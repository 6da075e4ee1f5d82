/** Style elements that the interface makes while it runs carry the nonce of the page; others are not applied. */
import { setNonce } from 'get-nonce'

/** The server writes a new one into every page that it sends. */
export const styleNonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? ''

/** For the library that keeps the page from scrolling behind a dialog. */
export const allowStyles = (): void => setNonce(styleNonce())
