import { createHash, randomBytes } from 'node:crypto';

/** A new PKCE verifier: 43 characters, as Zalo asks, from 32 random bytes. */
export function newVerifier(): string {
  return randomBytes(32).toString('base64url');
}

/** The challenge of a verifier: its SHA-256 in base64url without padding. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** A value for `state` that nobody guesses. */
export function newState(): string {
  return randomBytes(16).toString('base64url');
}
