/** What a person who writes the configuration relies on: complaints that name line, key, reason and remedy. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { z } from 'zod'
import { defaultConfig, exampleConfig, loadConfig, reloadConfig } from '../config.ts'
import { option, section } from '../options.ts'
import { Problem } from '../problem.ts'
import { checkSettings, findingLine } from './check.ts'
import { environmentOverrides } from './environment.ts'
import { exampleFile } from './example.ts'
import { positionsOf } from './positions.ts'

const folder = mkdtempSync(join(tmpdir(), 'lazaret-config-'))
after(() => rmSync(folder, { recursive: true }))

const rule = z.strictObject({ name: z.string(), score: z.number().optional() })
const sections = {
  smtp: section('smtp', 'Mail in.', {
    port: option(z.int().min(0).max(65535), 10024, 'Port to listen on. 0 takes any.'),
    hosts: option(z.array(z.string()), ['127.0.0.1'], 'Addresses.', { reloadable: true }),
    tls: option(z.boolean(), true, 'Whether to offer STARTTLS.'),
  }),
  next_hop: section('next_hop', 'Mail out.', { host: option(z.string(), '', 'Where to.') }),
  policy: section('policy', 'Judging.', { rules: option(z.array(rule), [{ name: 'a' }], 'Rules.') }),
}
const complaints = (text: string) =>
  checkSettings(sections, { name: 'f', text }, {}, {}).findings.map(findingLine)

test('every finding names file, line, key, reason and remedy, all at once', () => {
  const cases: [string, string[]][] = [
    ['', []],
    ['[smtp]\nprot = 1', ['f:2: smtp.prot: unknown key. Did you mean smtp.port?']],
    ['[smpt]', ['f:1: smpt: unknown section. Did you mean [smtp]?']],
    ['[zzzzzz]', ['f:1: zzzzzz: unknown section. There are [smtp], [next_hop], [policy].']],
    ['port = 1', ['f:1: port: a key outside of any section. Put it below [smtp].']],
    [
      '[smtp]\n\nport = "25"',
      ['f:3: smtp.port: must be a number, not a string. Port to listen on. Default: 10024.'],
    ],
    ['smtp.port = 70000', ['f:1: smtp.port: must be at most 65535. Port to listen on. Default: 10024.']],
    ['[smtp]\nhosts = [\n "a",\n 5 ]', ['f:2: smtp.hosts.1: must be a string, not a number.']],
    [
      '[smtp',
      ['f:1: not TOML: incomplete key-value: cannot find end of key. See https://toml.io for the format.'],
    ],
    [
      'smtp = 1',
      ['f:1: smtp: is a section, not a key. Write [smtp] on a line of its own and the keys below it.'],
    ],
    [
      '[[policy.rules]]\nname = "x"\n\n[[policy.rules]]\nname = "y"\nscroe = 1\n[smtp]\ntls = 0',
      [
        'f:8: smtp.tls: must be true or false, not a number. Whether to offer STARTTLS. Default: true.',
        'f:6: policy.rules.1: unknown key: "scroe". Did you mean score?',
      ],
    ],
  ]
  for (const [text, expected] of cases) {
    const found = complaints(text)
    if (text === '[smtp') assert.match(found.join(), /^f:1: not TOML: /)
    else assert.deepEqual(found, expected, text)
  }
})

test('lines are right after strings, arrays, comments and tables of every kind', () => {
  const text = [
    '# [comment]',
    'a = """',
    '[no] = 1',
    '"""',
    "b = '''x",
    "''' # end",
    'c = [ # [',
    '  "]", { d = 1 },',
    ']',
    '"quo.ted" . x = { y = 1, z = "}" }',
    '[[t]]',
    'k = 1',
    '[t.sub]',
    'k = 2',
    '[[t]]',
    'k = "a # b" # c',
  ].join('\r\n')
  const lines = Object.fromEntries(positionsOf(text))
  const expected = {
    a: 2,
    b: 5,
    c: 7,
    'quo.ted': 10,
    'quo.ted.x': 10,
    t: 11,
    't.0': 11,
    't.0.k': 12,
    't.0.sub': 13,
  }
  assert.deepEqual(lines, { ...expected, 't.0.sub.k': 14, 't.1': 15, 't.1.k': 16 })
})

test('the environment wins over the file, is read as the key takes it, and is checked the same way', () => {
  const check = (environment: Record<string, string>) => {
    const { values, names, unknown } = environmentOverrides(sections, environment)
    const checked = checkSettings(sections, { name: 'f', text: 'smtp.port = 1' }, values, names)
    return { values: checked.values, complaints: [...checked.findings, ...unknown].map(findingLine) }
  }
  const good = check({
    LAZARET_SMTP_PORT: '2525',
    LAZARET_SMTP_HOSTS: ' ::1, 127.0.0.1',
    LAZARET_SMTP_TLS: 'false',
    LAZARET_NEXT_HOP_HOST: '12',
    LAZARET_POLICY_RULES: '[{"name":"z","score":2}]',
    PATH: '/bin',
  })
  assert.deepEqual(good.complaints, [])
  assert.deepEqual(good.values, {
    smtp: { port: 2525, hosts: ['::1', '127.0.0.1'], tls: false },
    next_hop: { host: '12' },
    policy: { rules: [{ name: 'z', score: 2 }] },
  })
  assert.deepEqual(check({ LAZARET_SMTP_HOSTS: '["a"]', LAZARET_SMTP_PORT: '' }).complaints, [
    'LAZARET_SMTP_PORT: smtp.port: must be a number, not a string. Port to listen on. Default: 10024.',
  ])
  assert.deepEqual(check({ LAZARET_SMTP_PROT: '1' }).complaints, [
    'LAZARET_SMTP_PROT: this environment variable means nothing to Lazaret. Did you mean LAZARET_SMTP_PORT?',
  ])
})

test('docs/lazaret.example.toml is what `lazaret config example` prints', () => {
  const file = new URL('../../docs/lazaret.example.toml', import.meta.url)
  const hint = 'Write it anew: npm run -s lazaret -- config example > docs/lazaret.example.toml'
  assert.equal(readFileSync(file, 'utf8'), exampleConfig(), hint)
})

test('the example means all defaults, as it stands and with every key uncommented', () => {
  const file = join(folder, 'example.toml')
  for (const text of [exampleConfig(), exampleConfig().replace(/^#(?=\S)/gm, '')]) {
    writeFileSync(file, text)
    assert.deepEqual(loadConfig(file, {}).config, defaultConfig())
  }
  const uncommented = exampleFile(sections).replace(/^#(?=\S)/gm, '')
  const { values, findings } = checkSettings(sections, { name: 'f', text: uncommented }, {}, {})
  assert.deepEqual(findings, [])
  assert.deepEqual(values, checkSettings(sections, null, {}, {}).values)
})

test('the configurations that the documents show are good ones', () => {
  for (const name of ['configuration.md', 'rules.md', 'operate/postfix.md', 'operate/running.md']) {
    const text = readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
    const blocks = [...text.matchAll(/```toml\n([\s\S]*?)```/g)].map(([, block = '']) => block)
    assert.ok(blocks.length > 0, name)
    const file = join(folder, 'shown.toml')
    for (const block of blocks) {
      writeFileSync(file, block)
      const { config } = loadConfig(file, {})
      assert.notDeepEqual(config, defaultConfig(), name)
      if (block.includes('[next_hop]')) assert.equal(config.next_hop.host, '127.0.0.1')
    }
  }
})

test('what is right one by one and wrong together is found with its line', () => {
  const file = join(folder, 'together.toml')
  const cases: [string, RegExp | null][] = [
    [
      '[next_hop]\nhost = "localhost"\nport = 10024',
      /:3: next_hop\.port: localhost:10024 is this server itself/,
    ],
    ['[next_hop]\nhost = "192.0.2.1"\nport = 10024', null],
    ['[smtp]\nlisten = ["0.0.0.0:25"]\n[next_hop]\nhost = "127.0.0.2"\nport = 25', /:5: .*round in circles/],
    ['[lmtp]\nlisten = ["unix:/run/l"]\n[next_hop]\nhost = "/run/l"\nport = 1', /:5: .*round in circles/],
    [
      '[smtp]\ncustody_area = "Elsewhere"',
      /:2: smtp\.custody_area: there is no area "Elsewhere"\. Write one of "Spam"/,
    ],
    ['[store]\nengine = "postgres"', /store\.url: is needed for PostgreSQL/],
    ['[admin]\ncert_file = "c.pem"', /admin\.key_file: .* only one of them is set/],
    [
      '[[areas]]\nname = "Unscanned"\n[[rules]]\nname = "a"\ndisposition = "deliver"\n[[rules]]\nname = "a"\ndisposition = "defer"',
      /:6: rule "a": is there twice/,
    ],
  ]
  for (const [text, complaint] of cases) {
    writeFileSync(file, text)
    if (complaint === null) loadConfig(file, {})
    else assert.throws(() => loadConfig(file, {}), complaint, text)
  }
})

test('an unknown key in a rule is told with what was probably meant', () => {
  const file = join(folder, 'rule.toml')
  writeFileSync(file, '[[rules]]\nname = "a"\nwhen = { resluts = ["spam"] }\ndispositoin = "defer"\n')
  assert.throws(
    () => loadConfig(file, {}),
    /:3: rules\.0\.when: unknown key: "resluts"\. Did you mean results\?/,
  )
  assert.throws(
    () => loadConfig(file, {}),
    /:4: rules\.0: unknown key: "dispositoin"\. Did you mean disposition\?/,
  )
})

test('a reload changes what can be changed, names what needs a restart, and on an error nothing', () => {
  const file = join(folder, 'reload.toml')
  writeFileSync(file, '[log]\nlevel = "warn"\n')
  const running = loadConfig(file, {})
  assert.equal(running.dataDir, join(folder, 'data'))
  writeFileSync(file, '[log]\nlevel = "debug"\n[server]\nstop_timeout_s = 3\n')
  assert.deepEqual(reloadConfig(running, {}), {
    changed: ['log.level'],
    needRestart: ['server.stop_timeout_s'],
  })
  assert.equal(running.config.log.level, 'debug')
  assert.equal(running.config.server.stop_timeout_s, 15)
  writeFileSync(file, '[log]\nlevel = "silent"\n[server]\nstop_timeout_s = -3\n')
  assert.throws(() => reloadConfig(running, {}), /reload\.toml:4: server\.stop_timeout_s: must be at least 1/)
  assert.equal(running.config.log.level, 'debug')
})

test('a file that was named must be there and be text', () => {
  assert.throws(
    () => loadConfig(join(folder, 'none.toml'), {}),
    (error: Problem) => error instanceof Problem && /ENOENT/.test(error.message),
  )
  const latin = join(folder, 'latin.toml')
  writeFileSync(latin, Buffer.from('# caf\xe9', 'latin1'))
  assert.throws(() => loadConfig(undefined, { LAZARET_CONFIG: latin }), /not UTF-8/)
})
