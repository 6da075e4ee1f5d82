/**
 * The page around the content of a message, for a sandboxed frame: one style sheet of ours and nothing else that could do
 * anything. What is ours in it is set off from what is the message's by rules that a message cannot take away.
 */
import { type Budget, spendText } from './budget.ts'
import { escapeHtml } from './entities.ts'

export type Theme = 'light' | 'dark'

const style = `
:root{color-scheme:light}
:root.dark{color-scheme:dark}
body{margin:0;padding:16px;background:#fff;color:#1a1b1e;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
.dark body{background:#1a1b1e;color:#c9c9c9}
.plain{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;max-width:80ch}
.mail{position:relative;overflow-x:auto;contain:paint}
.mail img{max-width:100%;height:auto}
.link{text-decoration:underline}
.target{all:initial!important;font:12px/1.4 ui-monospace,Menlo,Consolas,monospace!important;color:#8a3b00!important;background:#fff4e6!important;overflow-wrap:anywhere!important;margin:0 .3em!important;padding:0 .2em!important}
.absent{all:initial!important;display:inline-block!important;font:12px/1.4 system-ui,sans-serif!important;color:#5c5f66!important;background:#f1f3f5!important;border:1px dashed #adb5bd!important;padding:2px 6px!important;max-width:100%!important;overflow-wrap:anywhere!important}
.told{margin:0 0 16px;padding:8px 12px;border-left:4px solid #e8590c;background:#fff4e6;color:#1a1b1e;font:14px/1.5 system-ui,sans-serif}
hr.between{border:0;border-top:1px solid #adb5bd;margin:16px 0}
`

export const plainSection = (text: string, budget: Budget): string =>
  `<div class="plain">${escapeHtml(spendText(text.replace(/\r\n?/g, '\n'), budget))}</div>`

/** @param told what is to be said about the message, above it. */
export function wholePage(
  sections: readonly string[],
  { theme, told = [] }: { theme: Theme; told?: readonly string[] },
): string {
  const notes = told.map((text) => `<p class="told">${escapeHtml(text)}</p>`)
  return `<!doctype html>
<html lang="en" class="${theme}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><title>Message</title><style>${style}</style></head>
<body>${notes.join('')}${sections.join('<hr class="between">')}</body></html>
`
}
