import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Passwords, kept as scrypt hashes (RFC 7914): 32 MB and about a tenth of a second for each guess. */

const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
const MAX_MEMORY_BYTES = 96 * 1024 * 1024;

/** Shortest password, in characters. */
export const PASSWORD_LEAST = 10;
/** Longest password: what is hashed must not be a way to keep the machine busy. */
export const PASSWORD_MOST = 200;

/** `scrypt$N$r$p$salt$hash`, with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Whether `password` is the one that was hashed. Takes the same time for a hash that is not one. */
export async function isPassword(password: string, hashed: string | null): Promise<boolean> {
  const [, n, r, p, salt, key] = (hashed ?? NOBODY).split('$');
  const expected = Buffer.from(key ?? '', 'base64url');
  const got = await derive(password.slice(0, PASSWORD_MOST), Buffer.from(salt ?? '', 'base64url'), { N: Number(n), r: Number(r), p: Number(p) });
  return expected.length === got.length && timingSafeEqual(expected, got) && hashed !== null;
}

/** Stands in where there is no account, so that a stranger does not learn which names exist. */
const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$AAAAAAAAAAAAAAAAAAAAAA$${Buffer.alloc(KEY_BYTES).toString('base64url')}`;

function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, { ...cost, maxmem: MAX_MEMORY_BYTES }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
