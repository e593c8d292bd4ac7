import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock, startFakeZalo, type Fault } from '../fake/index.ts';
import { ZaloOAuth } from '../oauth/client.ts';
import { TokenKeeper } from '../oauth/keeper.ts';
import type { TokenRecord, TokenStorage } from '../oauth/record.ts';
import { MemoryTokenStorage } from '../oauth/storages.ts';

/** Faults after which the refresh token is certainly still good, and those after which it may be used up. */
const HARMLESS: readonly Fault[] = [{ kind: 'status', status: 500 }, { kind: 'status', status: 502 }, { kind: 'refuse' }];
const ALL: readonly Fault[] = [...HARMLESS, { kind: 'lost_reply' }, { kind: 'not_json' }];

type Step =
  | { do: 'ask'; who: number[] }
  | { do: 'wait'; minutes: number }
  | { do: 'fault'; fault: Fault }
  | { do: 'refused'; who: number }
  | { do: 'restart'; who: number }
  | { do: 'disk'; full: boolean };

test('whatever happens short of a lost answer, the account is kept', async () => {
  await fc.assert(
    fc.asyncProperty(steps(HARMLESS), async (script) => {
      const { state, failures } = await play(script);
      expect(state).toBe('ready');
      expect(failures).not.toContain('reauth_required');
    }),
    { numRuns: 60 },
  );
});

test('whatever happens at all, no token is handed out that is not stored, and Zalo is not asked in a circle', async () => {
  await fc.assert(
    fc.asyncProperty(steps(ALL), async (script) => {
      const { state, unstored, asked, minutes } = await play(script);
      expect(unstored).toBe(0);
      expect(['ready', 'reauth_required']).toContain(state);
      // Each step may cost a refresh and one more try; waiting by itself costs none.
      expect(asked).toBeLessThanOrEqual(2 * (script.length + 2) + minutes / 1000);
    }),
    { numRuns: 60 },
  );
});

function steps(faults: readonly Fault[]): fc.Arbitrary<Step[]> {
  const who = fc.nat(2);
  return fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('ask' as const), who: fc.array(who, { minLength: 1, maxLength: 5 }) }),
      fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 20, 300, 1300, 1600) }),
      fc.record({ do: fc.constant('fault' as const), fault: fc.constantFrom(...faults) }),
      fc.record({ do: fc.constant('refused' as const), who }),
      fc.record({ do: fc.constant('restart' as const), who }),
      fc.record({ do: fc.constant('disk' as const), full: fc.boolean() }),
    ),
    { minLength: 3, maxLength: 25 },
  );
}

/** Plays a script with three keepers on one storage, then lets everything heal and asks once more. */
async function play(script: readonly Step[]) {
  const clock = new ManualClock(Date.parse('2026-11-22T02:00:00Z'));
  const zalo = await startFakeZalo({ clock });
  const disk = new Disk();
  const make = () =>
    new TokenKeeper({
      oauth: new ZaloOAuth({ appId: zalo.app.appId, appSecret: zalo.app.appSecret, oauthRoot: zalo.url, now: () => clock.now() }),
      storage: disk,
      now: () => clock.now(),
      sleep: () => new Promise((resolve) => setTimeout(resolve, 1)),
    });
  const keepers = [make(), make(), make()];
  const failures: string[] = [];
  let unstored = 0;
  let minutes = 0;
  const take = async (who: number, refused?: string) => {
    const keeper = keepers[who];
    const result = refused === undefined ? await keeper?.accessToken() : await keeper?.renew(refused);
    if (result?.ok === false) failures.push(result.failure.kind);
    if (result?.ok === true && !disk.everStored.has(result.value)) unstored += 1;
  };
  await keepers[0]?.accept({ ...zalo.oauth.issue(), expires_in_seconds: 90_000 }, null);
  for (const step of script) {
    switch (step.do) {
      case 'ask':
        await Promise.all(step.who.map((who) => take(who)));
        break;
      case 'wait':
        minutes += step.minutes;
        await clock.advance(step.minutes * 60_000);
        break;
      case 'fault':
        zalo.faults.add('access_token', step.fault);
        break;
      case 'refused':
        await take(step.who, (await disk.peek())?.access_token ?? '');
        break;
      case 'restart':
        // Only while nothing waits to be stored: a death then is a lost answer, which has tests of its own.
        if (!disk.full) keepers[step.who] = make();
        break;
      case 'disk':
        disk.full = step.full;
        if (!step.full) await Promise.all([take(0), take(1), take(2)]);
    }
  }
  disk.full = false;
  zalo.faults.clear();
  await Promise.all([take(0), take(1), take(2)]);
  await clock.advance(30 * 60_000);
  failures.length = 0;
  // A process that has just started reads what is stored; the others may still live on what they remember.
  keepers[0] = make();
  await take(0);
  const state = (await keepers[0].status()).state;
  const asked = zalo.oauth.asked.refresh_token;
  await zalo.stop();
  return { state, failures, unstored, asked, minutes };
}

class Disk implements TokenStorage {
  full = false;
  readonly everStored = new Set<string>();
  readonly #inner = new MemoryTokenStorage();

  read(): Promise<TokenRecord | null> {
    return this.#inner.read();
  }

  peek(): Promise<TokenRecord | null> {
    return this.#inner.read();
  }

  async swap(version: number, next: TokenRecord): Promise<boolean> {
    if (this.full) throw new Error('no space left');
    const done = await this.#inner.swap(version, next);
    if (done && next.access_token !== null) this.everStored.add(next.access_token);
    return done;
  }
}
