/** Promise: links and files that claim to be something else are marked, and the honest ones are not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contradicts, deceives } from '../../web/admin/message/deceit.ts'

const links: [text: string, target: string, deceives: boolean][] = [
  ['https://www.bank.example/login', 'https://evil.example/login', true],
  ['www.bank.example', 'https://bank.example.evil.example/', true],
  ['bank.example', 'https://bank.example@evil.example/', true],
  ['bank.example: sign in', 'http://evil.example', true],
  ['bank.example sign in', 'http://evil.example', true],
  ['Bank.example/help', 'https://WWW.bank.example/help', false],
  ['bank.example', 'https://login.bank.example/', false],
  ['bücher.example', 'https://xn--bcher-kva.example/', false],
  ['Click here', 'https://evil.example/', false],
  ['anna@bank.example', 'mailto:other@evil.example', false],
  ['bank.example', 'not an address', false],
  ['bank.example', 'https://notbank.example/', true],
]

for (const [text, target, expected] of links)
  test(`"${text}" to ${target} ${expected ? 'deceives' : 'is honest'}`, () => {
    assert.equal(deceives({ text, target }), expected)
  })

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const files: [declared: string, truth: string | null, contradicts: boolean][] = [
  ['application/pdf', 'application/x-msdownload', true],
  ['image/png', 'text/html', true],
  ['application/zip', 'application/java-archive', true],
  ['text/plain', 'text/html', true],
  [docx, 'application/vnd.microsoft.portable-executable', true],
  [docx, 'application/x-ole-storage', true],
  ['application/pdf', 'application/pdf', false],
  ['Application/PDF', 'application/pdf', false],
  ['application/x-zip-compressed', 'application/zip', false],
  ['image/jpg', 'image/jpeg', false],
  [docx, 'application/zip', false],
  [docx, 'application/vnd.openxmlformats-officedocument', false],
  ['application/vnd.ms-excel', 'application/x-ole-storage', false],
  // It says nothing, so it is no lie; what it is in truth is shown.
  ['application/octet-stream', 'application/pdf', false],
  ['text/plain', null, false],
]

for (const [declared, truth, expected] of files)
  test(`${declared} that is ${truth} ${expected ? 'is marked' : 'is honest'}`, () => {
    assert.equal(contradicts(declared, truth), expected)
  })
