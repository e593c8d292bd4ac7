import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { refusal, type Failure, type Log } from '../errors.ts';
import { done, failed, type Result } from '../result.ts';
import type { TokenPair, ZaloOAuth } from './client.ts';
import { fromPair, refreshAt, type TokenRecord, type TokenStorage } from './record.ts';
import { reauthRequired, type TokenSource } from './source.ts';

export type TokenKeeperOptions = {
  oauth: ZaloOAuth;
  storage: TokenStorage;
  /** Used once, when the storage is empty; afterwards the storage alone is right, since each refresh changes the token. */
  seedRefreshToken?: string;
  log?: Log;
  now?: () => number;
  sleep?: (ms: number) => Promise<unknown>;
};

export type TokenStatus = {
  /**
   * `unsure`: the answer to a refresh was lost, and the next try will tell. `reauth_required`: a person has to authorise
   * again; the last access token may still be good until `accessExpiresAtMs`.
   */
  state: 'empty' | 'ready' | 'refreshing' | 'unsure' | 'reauth_required';
  oaId: string | null;
  accessExpiresAtMs: number | null;
  refreshTokenAgeMs: number | null;
  /** True after 75 days: the refresh token lives about three months, so something keeps the program from refreshing. */
  refreshTokenIsOld: boolean;
  reauth: TokenRecord['reauth'];
};

/** How long a process may take over one refresh before others take it for dead: time for two calls, and for the writes the time of one more. */
const LEASE_PER_TIMEOUT = 3;
/** A token this young that Zalo refuses is not a matter of age: refreshing in a circle would only use tokens up. */
const YOUNGEST_RENEWAL_MS = 60_000;
const OLD_REFRESH_TOKEN_MS = 75 * 24 * 3_600_000;
const FIRST_BACKOFF_MS = 15_000;
const LONGEST_BACKOFF_MS = 15 * 60_000;
const SAVE_TRIES = 4;
/** A storage that refuses so many writes in a row does not compare versions; it fails. */
const LOST_RACES = 100;

/**
 * Keeps one account's tokens alive.
 *
 * A refresh token works once, so whatever happens between Zalo's answer and the disk can cost the account. Therefore:
 * one refresh at a time, in this process and in all (the pending mark in the record is the lock); the mark is stored
 * before Zalo is asked; both new tokens are stored in one write before either is used; a lost answer is followed by one
 * more try and then by waiting, never by a loop; and when Zalo says that the token is used up, the state is
 * `reauth_required` and stays so until `accept` is called.
 */
export class TokenKeeper implements TokenSource {
  readonly #options: TokenKeeperOptions;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<unknown>;
  #known: TokenRecord | null = null;
  /** A pair that Zalo gave and the storage has not taken yet. */
  #unsaved: { pair: TokenPair; usedUp: string } | null = null;
  #flight: Promise<Result<string>> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#sleep = options.sleep ?? ((ms) => delay(ms));
  }

  /** Looks after the tokens while nothing is sent, so that a quiet winter does not outlast the refresh token. */
  start(everyMs = 10 * 60_000): void {
    this.#timer ??= setInterval(() => void this.accessToken(), everyMs).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  accessToken(): Promise<Result<string>> {
    const known = this.#known;
    if (known?.access_token != null && this.#now() < refreshAt(known)) return Promise.resolve(done(known.access_token));
    return (this.#flight ??= this.#fly(null));
  }

  async renew(refused: string): Promise<Result<string>> {
    if (this.#known?.access_token === refused) this.#known = null;
    while (this.#flight !== null) {
      const other = await this.#flight;
      if (!other.ok || other.value !== refused) return other;
    }
    return (this.#flight ??= this.#fly(refused));
  }

  /** Stores the pair of a new consent, whatever was there before. Resolves when it is durable. */
  async accept(pair: TokenPair, oaId: string | null): Promise<void> {
    const { storage } = this.#options;
    for (let races = 0; races < LOST_RACES; races += 1) {
      const current = await storage.read();
      const next = fromPair(pair, oaId ?? current?.oa_id ?? null, (current?.version ?? 0) + 1, this.#now());
      if (!(await storage.swap(next.version - 1, next))) continue;
      this.#unsaved = null;
      this.#known = next;
      this.#log('zalo_authorised');
      return;
    }
    throw refusesAll();
  }

  /** After a wrong app id or app secret was put right: leaves `reauth_required` for one more try with the token that is stored. */
  async tryAgain(): Promise<Result<string>> {
    const { storage } = this.#options;
    for (let races = 0; races < LOST_RACES; races += 1) {
      const current = await storage.read();
      if (current !== null && !(await storage.swap(current.version, { ...current, version: current.version + 1, reauth: null, not_before_ms: 0, expires_at_ms: 0 }))) continue;
      this.#known = null;
      return this.accessToken();
    }
    throw refusesAll();
  }

  async status(): Promise<TokenStatus> {
    const record = await this.#options.storage.read();
    if (record === null) return { state: 'empty', oaId: null, accessExpiresAtMs: null, refreshTokenAgeMs: null, refreshTokenIsOld: false, reauth: null };
    const ageMs = this.#now() - record.obtained_at_ms;
    return {
      state: this.#stateOf(record),
      oaId: record.oa_id,
      accessExpiresAtMs: record.access_token === null ? null : record.expires_at_ms,
      refreshTokenAgeMs: ageMs,
      refreshTokenIsOld: ageMs > OLD_REFRESH_TOKEN_MS,
      reauth: record.reauth,
    };
  }

  async #fly(refused: string | null): Promise<Result<string>> {
    try {
      return await this.#obtain(refused);
    } catch (error) {
      this.#log('zalo_token_storage_failed', error instanceof Error ? error.name : undefined);
      // What was stored before is still good until it expires.
      const usable = this.#known === null ? null : this.#usable(this.#known, refused);
      if (usable !== null) return done(usable);
      const remedy = { kind: 'retry', afterMs: FIRST_BACKOFF_MS, tries: null, tellStaff: true } as const;
      return failed({ kind: 'storage', call: 'tokens', message: 'the storage of the tokens failed', remedy });
    } finally {
      this.#flight = null;
    }
  }

  async #obtain(refused: string | null): Promise<Result<string>> {
    for (let races = 0; races < LOST_RACES; ) {
      await this.#saveLeftover();
      const record = await this.#readOrSeed();
      if (record === null) return failed(reauthRequired({ since_ms: this.#now(), code: null, why: 'the account has not been authorised yet' }));
      const usable = this.#usable(record, refused);
      if (usable !== null && !this.#isDue(record)) {
        this.#known = record;
        return done(usable);
      }
      if (record.reauth !== null) return usable === null ? failed(reauthRequired(record.reauth)) : done(usable);
      if (this.#now() < record.not_before_ms && record.not_before_ms - this.#now() <= LONGEST_BACKOFF_MS) {
        return usable === null ? failed(waiting(record.not_before_ms - this.#now())) : done(usable);
      }
      if (this.#isHeld(record)) {
        if (usable !== null) return done(usable);
        await this.#sleep(200);
        continue;
      }
      if (refused !== null && record.access_token === refused && this.#isTooYoungToRenew(record)) return failed(this.#refusedWhileYoung());
      const marked = this.#mark(record);
      if (!(await this.#options.storage.swap(record.version, marked))) {
        races += 1;
        continue;
      }
      const failure = await this.#refresh(marked);
      if (failure !== null) return usable === null ? failed(failure) : done(usable);
    }
    throw refusesAll();
  }

  /** Asks Zalo, and stores what came of it. Null: look at the record again. */
  async #refresh(marked: TokenRecord): Promise<Failure | null> {
    let answer = await this.#options.oauth.refresh(marked.refresh_token);
    if (!answer.ok && answer.failure.kind === 'unreached' && answer.failure.acted === 'unknown') {
      this.#log('zalo_refresh_answer_lost', answer.failure.message);
      await this.#sleep(1_000);
      answer = await this.#options.oauth.refresh(marked.refresh_token);
    }
    if (answer.ok) {
      this.#unsaved = { pair: answer.value, usedUp: marked.refresh_token };
      await this.#saveLeftover();
      this.#log('zalo_refreshed');
      return null;
    }
    const { failure } = answer;
    const next = { ...marked, version: marked.version + 1, pending: null };
    if (failure.kind === 'refused' && failure.remedy.kind !== 'retry') {
      const lost = marked.unsure_since_ms === null ? '' : '; the answer to an earlier refresh was lost, which is probably why';
      const reauth = { since_ms: this.#now(), code: failure.code, why: failure.message + lost };
      // When this fails another process has taken over, and its word counts.
      if (await this.#options.storage.swap(marked.version, { ...next, reauth })) this.#log('zalo_reauth_required', reauth.why, failure.code);
      return null;
    }
    const unsure = failure.kind === 'unreached' && failure.acted === 'unknown';
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** marked.failures, LONGEST_BACKOFF_MS);
    await this.#options.storage.swap(marked.version, {
      ...next,
      failures: marked.failures + 1,
      not_before_ms: this.#now() + backoffMs,
      unsure_since_ms: unsure ? (marked.unsure_since_ms ?? this.#now()) : marked.unsure_since_ms,
    });
    this.#log('zalo_refresh_failed', failure.message);
    return { ...failure, remedy: { kind: 'retry', afterMs: backoffMs, tries: null, tellStaff: false } };
  }

  /**
   * Stores a pair that Zalo gave, over whatever record still holds the token that was used up for it: also over one that
   * another process wrote in the belief that we were dead. Tries for a few seconds; what fails then is tried again at
   * the next occasion, and the pair is not used until it is stored.
   */
  async #saveLeftover(): Promise<void> {
    for (let tries = 1; this.#unsaved !== null; tries += 1) {
      const { pair, usedUp } = this.#unsaved;
      try {
        const current = await this.#options.storage.read();
        if (current?.refresh_token !== usedUp) {
          this.#unsaved = null;
          return;
        }
        const next = fromPair(pair, current.oa_id, current.version + 1, this.#now());
        if (await this.#options.storage.swap(current.version, next)) this.#unsaved = null;
      } catch (error) {
        if (tries >= SAVE_TRIES) throw error;
        await this.#sleep(250 * 2 ** tries);
      }
    }
  }

  async #readOrSeed(): Promise<TokenRecord | null> {
    const { storage, seedRefreshToken } = this.#options;
    const record = await storage.read();
    if (record !== null || seedRefreshToken === undefined || seedRefreshToken === '') return record;
    const pair = { access_token: '', refresh_token: seedRefreshToken, expires_in_seconds: 0 };
    await storage.swap(0, { ...fromPair(pair, null, 1, this.#now()), access_token: null });
    return storage.read();
  }

  #mark(record: TokenRecord): TokenRecord {
    // A mark that nobody cleared: a process died on the way, and Zalo may have answered it.
    const unsure = record.unsure_since_ms ?? record.pending?.since_ms ?? null;
    return { ...record, version: record.version + 1, pending: { id: randomUUID(), since_ms: this.#now() }, unsure_since_ms: unsure };
  }

  /** Whether to refresh: by age, or because the outcome of an earlier refresh is unknown, and the sooner it is known the better. */
  #isDue(record: TokenRecord): boolean {
    return record.pending !== null || record.unsure_since_ms !== null || this.#now() >= refreshAt(record);
  }

  /** Whether a living process is refreshing. The clocks of two processes may differ a little, hence the distance. */
  #isHeld(record: TokenRecord): boolean {
    const leaseMs = this.#options.oauth.timeoutMs * LEASE_PER_TIMEOUT;
    return record.pending !== null && Math.abs(this.#now() - record.pending.since_ms) < leaseMs;
  }

  #usable(record: TokenRecord, refused: string | null): string | null {
    return record.access_token !== refused && this.#now() < record.expires_at_ms ? record.access_token : null;
  }

  #stateOf(record: TokenRecord): TokenStatus['state'] {
    if (record.reauth !== null) return 'reauth_required';
    if (this.#isHeld(record)) return 'refreshing';
    return record.pending !== null || record.unsure_since_ms !== null ? 'unsure' : 'ready';
  }

  #isTooYoungToRenew(record: TokenRecord): boolean {
    const ageMs = this.#now() - record.obtained_at_ms;
    return ageMs >= 0 && ageMs < YOUNGEST_RENEWAL_MS;
  }

  #refusedWhileYoung(): Failure {
    const failure = refusal({ area: 'oa', call: 'tokens', code: -216, message: 'a token less than a minute old was refused', nowMs: this.#now() });
    return { ...failure, remedy: { kind: 'human' } };
  }

  #log(event: string, message?: string, code?: number): void {
    this.#options.log?.({ event, atMs: this.#now(), ...(message === undefined ? {} : { message }), ...(code === undefined ? {} : { code }) });
  }
}

function refusesAll(): Error {
  return new Error('the token storage refuses every write; `swap` has to compare the stored version with the expected one');
}

function waiting(afterMs: number): Failure {
  return { kind: 'unreached', call: 'tokens', acted: 'no', message: 'the last refresh failed; waiting before the next', remedy: { kind: 'retry', afterMs, tries: null, tellStaff: false } };
}
