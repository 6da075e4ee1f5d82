/** What a schema complains about, in words for somebody who has never seen Zod; without a full stop at the end. */
export const complaint = (message: string): string =>
  message
    .replace(/^Invalid input: expected \w+, received undefined$/, 'is missing')
    .replace(/^Invalid (?:input|option): expected /, 'must be ')
    .replace(/^Too (?:small|big): expected \w+ to (be|have) /, 'must $1 ')
    .replace(/^Unrecognized key/, 'unknown key')
    .replace('>=', 'at least ')
    .replace('<=', 'at most ')
    .replace(/^must be int\b(?:, received number$)?/, 'must be a whole number')
    .replace(/^must be boolean\b/, 'must be true or false')
    .replace(/, received (\w+)$/, ', not $1')
    .replace(/(?<=^must be |, not )(?=(?:number|string|boolean)\b)/g, 'a ')
    .replace(/(?<=^must be |, not )(?=(?:array|object|int)\b)/g, 'an ')
    .replace(/ at least 1 (item|character)s$/, ' at least 1 $1')
    .replaceAll('"|"', '", "')
    .replace(/\.$/, '')
