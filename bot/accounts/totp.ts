import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Codes of a code generator app (RFC 6238): HMAC-SHA-1, six digits, a new one every 30 seconds. */

const STEP_MS = 30_000;
const DIGITS = 6;
/** Phones and stations are seldom at the very same second: one step to either side is taken. */
const DRIFT_STEPS = 1;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new shared secret, 160 random bits in base32, as apps take it. */
export function newSecret(): string {
  return toBase32(randomBytes(20));
}

/** The code of one time step. `digits` other than six only for the vectors of the RFC. */
export function codeAt(secret: Uint8Array, step: number, digits: number = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac[mac.length - 1] ?? 0) & 0x0f;
  const value = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(value % 10 ** digits).padStart(digits, '0');
}

/**
 * The time step that `code` belongs to, or null. A step up to `lastStep` has been used and is not taken again, so that
 * whoever looks over a shoulder gains nothing.
 */
export function matchingStep(secret: string, code: string, nowMs: number, lastStep: number): number | null {
  const typed = code.replace(/\s/gu, '');
  if (!/^\d{6}$/u.test(typed)) return null;
  const key = fromBase32(secret);
  const now = Math.floor(nowMs / STEP_MS);
  for (let step = now - DRIFT_STEPS; step <= now + DRIFT_STEPS; step += 1) {
    if (step > lastStep && timingSafeEqual(Buffer.from(codeAt(key, step)), Buffer.from(typed))) return step;
  }
  return null;
}

/** The address that apps open to take the secret over. */
export function secretUri(secret: string, account: string, issuer: string): string {
  return `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}

export function toBase32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/gu) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)] ?? '').join('');
}

/** Spaces and small letters are as people type them; anything else that is not base32 is left out. */
export function fromBase32(text: string): Buffer {
  let bits = '';
  for (const letter of text.toUpperCase()) {
    const value = BASE32.indexOf(letter);
    if (value >= 0) bits += value.toString(2).padStart(5, '0');
  }
  return Buffer.from((bits.match(/.{8}/gu) ?? []).map((eight) => Number.parseInt(eight, 2)));
}
