/**
 * Character references of HTML (`&amp;`, `&#8364;`, `&#x20ac;`): the names of HTML 4, which is what mail is written in,
 * and `&apos;` and a few of HTML 5's that hide links. A name that is not known stays as it was written. Linear.
 */
const latin1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'
const greek =
  'Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho - Sigma Tau Upsilon Phi Chi Psi Omega - - - - - - - alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega'
const others =
  'quot " amp & lt < gt > apos \' colon : sol / bsol \\ period . num # lpar ( rpar ) commat @ equals = quest ? excl ! percnt % lowbar _ OElig Œ oelig œ Scaron Š scaron š Yuml Ÿ fnof ƒ circ ˆ tilde ˜ ensp \u2002 emsp \u2003 thinsp \u2009 zwnj \u200c zwj \u200d lrm \u200e rlm \u200f ndash – mdash — lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ dagger † Dagger ‡ bull • hellip … permil ‰ prime ′ Prime ″ lsaquo ‹ rsaquo › oline ‾ frasl ⁄ euro € image ℑ weierp ℘ real ℜ trade ™ alefsym ℵ larr ← uarr ↑ rarr → darr ↓ harr ↔ crarr ↵ lArr ⇐ uArr ⇑ rArr ⇒ dArr ⇓ hArr ⇔ forall ∀ part ∂ exist ∃ empty ∅ nabla ∇ isin ∈ notin ∉ ni ∋ prod ∏ sum ∑ minus − lowast ∗ radic √ prop ∝ infin ∞ ang ∠ and ∧ or ∨ cap ∩ cup ∪ int ∫ there4 ∴ sim ∼ cong ≅ asymp ≈ ne ≠ equiv ≡ le ≤ ge ≥ sub ⊂ sup ⊃ nsub ⊄ sube ⊆ supe ⊇ oplus ⊕ otimes ⊗ perp ⊥ sdot ⋅ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ loz ◊ spades ♠ clubs ♣ hearts ♥ diams ♦'

const names = new Map<string, string>([
  ['Tab', '\t'],
  ['NewLine', '\n'],
])
/** Those that browsers take without the semicolon. */
const loose = new Set(['quot', 'amp', 'lt', 'gt', ...latin1.split(' ')])
for (const [i, name] of latin1.split(' ').entries()) names.set(name, String.fromCharCode(160 + i))
for (const [i, name] of greek.split(' ').entries())
  if (name !== '-') names.set(name, String.fromCharCode(913 + i))
const pairs = others.split(' ')
for (let i = 0; i + 1 < pairs.length; i += 2) names.set(pairs[i]!, pairs[i + 1]!)

const reference = /&(?:#(?:x([0-9a-f]{1,8})|([0-9]{1,10}))|([a-z][a-z0-9]{1,31}));?/gi
const windows1252 = new TextDecoder('windows-1252')

export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(reference, (written, hex?: string, decimal?: string, name?: string) => {
    if (name === undefined) return characterOf(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
    const found = names.get(name)
    return found !== undefined && (written.endsWith(';') || loose.has(name)) ? found : written
  })
}

/** 128 to 159 mean Windows-1252, as in browsers; what is no character is U+FFFD. */
function characterOf(code: number): string {
  if (code >= 0x80 && code <= 0x9f) return windows1252.decode(Uint8Array.of(code))
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd'
  return String.fromCodePoint(code)
}

const special = /[&<>"'\0-\x08\x0b-\x1f\x7f]/g
const written: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\f': ' ',
  '\r': '\n',
}

/** Text as it stands in HTML, in an element as in an attribute; controls are left out. */
export const escapeHtml = (text: string): string =>
  text.toWellFormed().replace(special, (char) => written[char] ?? '')
