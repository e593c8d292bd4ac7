import { CODE_224_IS_PACKAGE, NIGHT_ENDS_HOUR } from './disputed.ts';
import { ERROR_TABLE, type Area, type Rule } from './error-table.ts';
import { nextVietnamHour, nextVietnamMidnight } from './time.ts';

export type { Area } from './error-table.ts';

/**
 * What the caller can do about a failure.
 *
 * - `retry`: try again after `afterMs`, at most `tries` more times (null: as long as the message is still of use).
 * - `refresh`: the access token is no longer good. The client has already renewed it and repeated the call once.
 * - `human`: nothing helps but a person: consent again, the developer console, money.
 * - `permanent`: this message (or, with scope `person`, any message to this person) will never be taken.
 * - `window`: outside the time in which Zalo takes it. `opensAtMs` is null when only the person can open it, by writing.
 * - `unknown`: Zalo may or may not have acted. Sending again may send twice.
 */
export type Remedy =
  | { kind: 'retry'; afterMs: number; tries: number | null; tellStaff: boolean }
  | { kind: 'refresh' }
  | { kind: 'human' }
  | { kind: 'permanent'; scope: 'message' | 'person'; tellStaff: boolean }
  | { kind: 'window'; opensAtMs: number | null }
  | { kind: 'unknown' };

/** Why a call did not do what was asked. `message` is for a log: no token, no secret, and texts and ids that the call carried are cut out. */
export type Failure =
  /** Zalo answered no. `known` is false for a code that the table does not have. */
  | { kind: 'refused'; area: Area; call: string; code: number; known: boolean; message: string; remedy: Remedy }
  /** No usable answer. `acted` says whether Zalo may have done it all the same. */
  | { kind: 'unreached'; call: string; acted: 'no' | 'unknown'; message: string; remedy: Remedy }
  /** Not sent at all: the request breaks a limit that is known beforehand. */
  | { kind: 'limit'; call: string; field: string; limit: number | null; actual: number | null; message: string; remedy: Remedy }
  /** The tokens are lost; a person has to authorise again. Webhooks are still received. */
  | { kind: 'reauth_required'; call: string; code: number | null; sinceMs: number; message: string; remedy: Remedy }
  /** The token storage that the caller supplied failed. */
  | { kind: 'storage'; call: string; message: string; remedy: Remedy };

/** Something worth a line in the caller's log. Never holds a token, a secret or a person's text. */
export type LogEntry = { event: string; call?: string; code?: number; message?: string; atMs?: number };
export type Log = (entry: LogEntry) => void;

/** The row of the table for a code of one of Zalo's services, as a remedy at the instant `nowMs` (epoch ms). */
export function remedyFor(area: Area, code: number, nowMs: number): { remedy: Remedy; known: boolean; meaning: string } {
  const row = ROWS.get(`${area}:${code}`);
  if (row !== undefined) return { remedy: asRemedy(row.rule, nowMs), known: true, meaning: row.meaning };
  if (area === 'token') return { remedy: { kind: 'human' }, known: false, meaning: 'the token endpoint refused' };
  return { remedy: { kind: 'permanent', scope: 'message', tellStaff: false }, known: false, meaning: 'unknown code' };
}

/** A refusal as a failure, logged when the code is unknown so that the table can grow. */
export function refusal(of: { area: Area; call: string; code: number; message: string; nowMs: number; log?: Log | undefined }): Failure {
  const { remedy, known, meaning } = remedyFor(of.area, of.code, of.nowMs);
  if (!known) of.log?.({ event: 'zalo_unknown_code', call: of.call, code: of.code, message: of.message });
  const said = of.message === '' ? '' : ` (Zalo said: ${of.message})`;
  return { kind: 'refused', area: of.area, call: of.call, code: of.code, known, message: `${of.code} ${meaning}${said}`, remedy };
}

/** A request that breaks a limit known beforehand. The message names the limit. */
export function overLimit(call: string, field: string, says: string, limit: number | null = null, actual: number | null = null): Failure {
  const remedy: Remedy = { kind: 'permanent', scope: 'message', tellStaff: false };
  return { kind: 'limit', call, field, limit, actual, message: `${field} ${says}`, remedy };
}

function asRemedy(rule: Rule, nowMs: number): Remedy {
  switch (rule.kind) {
    case 'retry':
      return { kind: 'retry', afterMs: rule.delayMs, tries: rule.tries ?? null, tellStaff: false };
    case 'next_day':
      return { kind: 'retry', afterMs: nextVietnamMidnight(nowMs) - nowMs, tries: null, tellStaff: rule.tellStaff };
    case 'night':
      return { kind: 'window', opensAtMs: nextVietnamHour(nowMs, NIGHT_ENDS_HOUR) };
    case 'silence':
      return { kind: 'window', opensAtMs: null };
    case 'package':
      return CODE_224_IS_PACKAGE ? { kind: 'human' } : { kind: 'window', opensAtMs: null };
    case 'permanent':
      return { kind: 'permanent', scope: rule.scope, tellStaff: rule.tellStaff ?? false };
    case 'refresh':
    case 'human':
    case 'unknown':
      return { kind: rule.kind };
  }
}

const ROWS = new Map(ERROR_TABLE.map((row) => [`${row.area}:${row.code}`, row]));
