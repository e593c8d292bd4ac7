import { isObject, numberAt, objectAt, textAt, type JsonValue } from '../json.ts';
import type { TokenPair } from './client.ts';

/**
 * All that has to be remembered about the tokens of one account, in one piece, so that both tokens are always written
 * together. It is a secret: store it encrypted or in a file that only the program reads.
 */
export type TokenRecord = {
  /** Counts up by one with every write. The first is 1. */
  version: number;
  oa_id: string | null;
  access_token: string | null;
  refresh_token: string;
  /** When this pair was received, epoch milliseconds. */
  obtained_at_ms: number;
  expires_at_ms: number;
  /** A refresh that has begun and not ended, by whichever process. It is also the lock. */
  pending: { id: string; since_ms: number } | null;
  /** Since when it is not known whether Zalo has used the refresh token up: an answer was lost. */
  unsure_since_ms: number | null;
  /** No refresh before this instant, after failures of the network. */
  not_before_ms: number;
  failures: number;
  /** Set when only a person can help. */
  reauth: { since_ms: number; code: number | null; why: string } | null;
};

/**
 * Where the record lives. One account, one storage; several processes may share it.
 *
 * `swap` is the whole of the locking: it writes `next` only if the stored version is still `expectedVersion` (0: nothing
 * is stored), says whether it did, and resolves only when the write would survive a power cut. In SQL that is
 * `UPDATE … WHERE version = ?` (or an insert that fails when a row is there) and its count of rows.
 */
export interface TokenStorage {
  read(): Promise<TokenRecord | null>;
  swap(expectedVersion: number, next: TokenRecord): Promise<boolean>;
}

/** A record from stored JSON, or null when it is not one. For those who write a storage. */
export function readTokenRecord(value: JsonValue | undefined): TokenRecord | null {
  if (!isObject(value)) return null;
  const version = numberAt(value, 'version');
  const refresh = textAt(value, 'refresh_token');
  const obtained = numberAt(value, 'obtained_at_ms');
  const expires = numberAt(value, 'expires_at_ms');
  if (version === undefined || refresh === undefined || obtained === undefined || expires === undefined) return null;
  const pending = objectAt(value, 'pending');
  const reauth = objectAt(value, 'reauth');
  return {
    version,
    oa_id: textAt(value, 'oa_id') ?? null,
    access_token: textAt(value, 'access_token') ?? null,
    refresh_token: refresh,
    obtained_at_ms: obtained,
    expires_at_ms: expires,
    pending: pending === undefined ? null : { id: textAt(pending, 'id') ?? '', since_ms: numberAt(pending, 'since_ms') ?? 0 },
    unsure_since_ms: numberAt(value, 'unsure_since_ms') ?? null,
    not_before_ms: numberAt(value, 'not_before_ms') ?? 0,
    failures: numberAt(value, 'failures') ?? 0,
    reauth:
      reauth === undefined ? null : { since_ms: numberAt(reauth, 'since_ms') ?? 0, code: numberAt(reauth, 'code') ?? null, why: textAt(reauth, 'why') ?? '' },
  };
}

/** The record of a pair that has just been received. */
export function fromPair(pair: TokenPair, oaId: string | null, version: number, nowMs: number): TokenRecord {
  return {
    version,
    oa_id: oaId,
    access_token: pair.access_token,
    refresh_token: pair.refresh_token,
    obtained_at_ms: nowMs,
    expires_at_ms: nowMs + pair.expires_in_seconds * 1000,
    pending: null,
    unsure_since_ms: null,
    not_before_ms: 0,
    failures: 0,
    reauth: null,
  };
}

/** Share of a token's life after which it is refreshed, so that a failure leaves hours in which sending still works. */
const REFRESH_AT = 0.8;

/** When a token is old enough to be refreshed, epoch milliseconds. */
export function refreshAt(record: TokenRecord): number {
  return record.obtained_at_ms + (record.expires_at_ms - record.obtained_at_ms) * REFRESH_AT;
}
