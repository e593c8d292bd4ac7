import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeAt, fromBase32, matchingStep, newSecret, toBase32 } from '#bot/accounts/totp.ts';

const RFC_SECRET = Buffer.from('12345678901234567890', 'ascii');

// RFC 6238, Appendix B, the rows of SHA-1.
test.each([
  [59, '94287082'], [1_111_111_109, '07081804'], [1_111_111_111, '14050471'], [1_234_567_890, '89005924'], [2_000_000_000, '69279037'], [20_000_000_000, '65353130'],
])('at %d seconds the code is %s, as the RFC has it', (seconds, code) => {
  expect(codeAt(RFC_SECRET, Math.floor(seconds / 30), 8)).toBe(code);
});

// RFC 4648, section 10.
test.each([['f', 'MY'], ['fo', 'MZXQ'], ['foo', 'MZXW6'], ['foob', 'MZXW6YQ'], ['fooba', 'MZXW6YTB'], ['foobar', 'MZXW6YTBOI']])('“%s” is %s in base32', (text, base32) => {
  expect(toBase32(Buffer.from(text))).toBe(base32);
});

test('any bytes come back from base32, also in small letters and groups of four', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
    const typed = toBase32(bytes).toLowerCase().replace(/(.{4})/gu, '$1 ');
    expect(new Uint8Array(fromBase32(typed))).toEqual(bytes);
  }));
});

test('a code is taken one step early or late, no further, and never twice', () => {
  const secret = newSecret();
  const nowMs = 1_795_309_200_000;
  const step = nowMs / 30_000;
  const code = (at: number): string => codeAt(fromBase32(secret), at);
  expect([-2, -1, 0, 1, 2].map((off) => matchingStep(secret, code(step + off), nowMs, 0))).toEqual([null, step - 1, step, step + 1, null]);
  expect(matchingStep(secret, code(step), nowMs, step)).toBeNull();
  expect(matchingStep(secret, `${code(step).slice(0, 3)} ${code(step).slice(3)}`, nowMs, 0)).toBe(step);
  expect(matchingStep(secret, '12345', nowMs, 0)).toBeNull();
});
