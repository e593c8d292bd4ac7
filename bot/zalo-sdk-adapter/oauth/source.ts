import type { Failure } from '../errors.ts';
import { done, failed, type Result } from '../result.ts';

/** Who hands out access tokens to a client. `TokenKeeper` is one; `fixedToken` makes another. */
export interface TokenSource {
  /** A token that is good by what is known. */
  accessToken(): Promise<Result<string>>;
  /** A token other than `refused`, which Zalo has just called invalid. */
  renew(refused: string): Promise<Result<string>>;
}

/** A source for scripts that are handed one access token and end before it does. */
export function fixedToken(accessToken: string): TokenSource {
  return {
    accessToken: () => Promise.resolve(done(accessToken)),
    renew: () => Promise.resolve(failed(reauthRequired({ since_ms: 0, code: null, why: 'the fixed access token was refused' }))),
  };
}

export function reauthRequired(reauth: { since_ms: number; code: number | null; why: string }): Failure {
  return { kind: 'reauth_required', call: 'tokens', code: reauth.code, sinceMs: reauth.since_ms, message: `a person has to authorise the account again: ${reauth.why}`, remedy: { kind: 'human' } };
}
