import type { Failure } from './errors.ts';

/**
 * What every call of this package resolves to. A refusal by Zalo, a dead network or a text that is too long are ordinary
 * days of a bot and so are values; only mistakes of the program are thrown.
 */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export function done<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failed(failure: Failure): { ok: false; failure: Failure } {
  return { ok: false, failure };
}

/** For those who prefer exceptions: the value, or a thrown `ZaloError`. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new ZaloError(result.failure);
}

/** Carries a `Failure` through code that throws. Its message holds no token and no secret. */
export class ZaloError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`${failure.call}: ${failure.message}`);
    this.name = 'ZaloError';
    this.failure = failure;
  }
}
