import { TokenKeeper, ZaloOA, ZaloOAuth, type TokenStatus } from 'zalo-sdk-adapter';
import { tokensIn } from '#bot/channels/zalo/tokens.ts';
import type { Config } from '#bot/config.ts';
import type { Store } from '#bot/store/store.ts';
import type { Examined } from './doctor.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

const DAY_MS = 86_400_000;
/** A station that people write to hears from Zalo more often than this. */
const QUIET_DAYS = 7;

/** What can be said of the account's settings without asking anybody. */
export function zaloSecrets(config: Config): Finding[] {
  const { zaloAppId, zaloAppSecret, zaloOaSecretKey } = config;
  const given = [zaloAppId, zaloAppSecret, zaloOaSecretKey].filter((value) => value !== null).length;
  if (given === 0) return [ok('zalo', 'doctor:zalo.off')];
  if (given < 3) {
    const names = Object.entries({ ZALO_APP_ID: zaloAppId, ZALO_APP_SECRET: zaloAppSecret, ZALO_OA_SECRET_KEY: zaloOaSecretKey }).flatMap(([name, value]) => (value === null ? [name] : []));
    return [wrong('zalo-secrets', 'doctor:zalo.missing', { names: names.join(', ') })];
  }
  return [zaloAppSecret === zaloOaSecretKey ? wrong('zalo-secrets', 'doctor:zalo.same') : ok('zalo-secrets', 'doctor:zalo.differ')];
}

/** The tokens as the keeper knows them, the account itself, and when Zalo last brought something. */
export async function examineZalo({ config, clock, patienceMs }: Examined, store: Store): Promise<Finding[]> {
  const { zaloAppId: appId, zaloAppSecret: appSecret, zaloOaSecretKey } = config;
  if (appId === null || appSecret === null || zaloOaSecretKey === null) return [];
  const http = { timeoutMs: patienceMs, now: clock };
  const keeper = new TokenKeeper({ oauth: new ZaloOAuth({ appId, appSecret, oauthRoot: config.zaloOauthRoot, ...http }), storage: tokensIn(store), now: clock });
  const status = await keeper.status();
  const heard = await examineHeard(store, clock());
  const tokens = status.state === 'empty' ? noTokens(config) : examineTokens(status, clock());
  if (status.state === 'empty' || status.state === 'reauth_required') return [tokens, heard];
  const profile = await new ZaloOA({ tokens: keeper, apiRoot: config.zaloApiRoot, ...http }).getOa();
  if (profile.ok) return [tokens, ok('zalo-account', 'doctor:zalo.account', { name: profile.value.name }), heard];
  const away = profile.failure.kind === 'unreached';
  // The package's own words: a code and its meaning, never a token.
  return [tokens, away ? warning('zalo-account', 'doctor:zalo.away') : wrong('zalo-account', 'doctor:zalo.refused', { why: profile.failure.message.slice(0, 160) }), heard];
}

/** Nobody has authorised the account yet; a seed in the settings is used by the first start. */
export function noTokens(config: Config): Finding {
  return wrong('zalo-tokens', config.zaloRefreshToken === null ? 'doctor:zalo.noTokens' : 'doctor:zalo.seedWaits');
}

function examineTokens(status: TokenStatus, nowMs: number): Finding {
  const id = 'zalo-tokens';
  const days = Math.floor((status.refreshTokenAgeMs ?? 0) / DAY_MS);
  if (status.state === 'reauth_required') return wrong(id, 'doctor:zalo.lostTokens');
  if (status.refreshTokenIsOld) return warning(id, 'doctor:zalo.oldTokens', { days });
  const hours = Math.max(0, Math.floor(((status.accessExpiresAtMs ?? nowMs) - nowMs) / 3_600_000));
  return ok(id, 'doctor:zalo.tokens', { days, hours });
}

async function examineHeard(store: Store, nowMs: number): Promise<Finding> {
  const id = 'zalo-webhook';
  const { last } = await store.read(({ db }) => db.selectFrom('inbox').select(({ fn }) => fn.max<number | string | null>('received_ms').as('last')).where('channel', '=', 'zalo').executeTakeFirstOrThrow());
  // PostgreSQL's driver gives whole numbers of this size as text.
  const lastMs = last === null ? null : Number(last);
  if (lastMs === null) return warning(id, 'doctor:zalo.neverHeard');
  const hours = Math.max(0, Math.floor((nowMs - lastMs) / 3_600_000));
  return hours > QUIET_DAYS * 24 ? warning(id, 'doctor:zalo.quiet', { days: Math.floor(hours / 24) }) : ok(id, 'doctor:zalo.heard', { hours });
}
