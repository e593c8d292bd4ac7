import { TokenKeeper, ZaloOA, ZaloOAuth } from 'zalo-sdk-adapter';
import type { ZaloAccount } from '#bot/campaigns/ports.ts';
import type { Config } from '#bot/config.ts';
import type { Store } from '#bot/store/store.ts';
import { tokensIn } from './tokens.ts';

/** What the Official Account says of itself, asked at most so often. */
const ASKED_EVERY_MS = 30_000;
/** Kinds of quota for messages outside the free window, as Zalo names them; what is left is their sum. */
const SOURCES = ['sub_quota', 'purchase_quota', 'reward_quota'] as const;
/** Somebody waits for the plan. */
const PATIENCE_MS = 4_000;

export function accountOver(oa: Pick<ZaloOA, 'users'>, nowMs: () => number): ZaloAccount {
  let known: { atMs: number; left: Promise<number | null> } | null = null;
  const ask = async (): Promise<number | null> => {
    const answers = await Promise.all(SOURCES.map((quota_type) => oa.users.accountQuota({ quota_owner: 'OA', product_type: 'cs', quota_type })));
    const assets = answers.flatMap((answer) => (answer.ok ? answer.value : []));
    // A kind that the account does not have is refused; only when none is told, nothing is known.
    return answers.every((answer) => !answer.ok) ? null : assets.reduce((sum, asset) => sum + asset.remain, 0);
  };
  return {
    paidLeft: () => {
      if (known === null || nowMs() - known.atMs >= ASKED_EVERY_MS || nowMs() < known.atMs) known = { atMs: nowMs(), left: ask().catch(() => null) };
      return known.left;
    },
  };
}

/** The same for a program that sends nothing itself, such as the command line; null where no account is connected. */
export function accountIn(config: Pick<Config, 'zaloAppId' | 'zaloAppSecret' | 'zaloApiRoot' | 'zaloOauthRoot'>, store: Store): ZaloAccount | null {
  const { zaloAppId: appId, zaloAppSecret: appSecret } = config;
  if (appId === null || appSecret === null) return null;
  const http = { timeoutMs: PATIENCE_MS };
  const tokens = new TokenKeeper({ oauth: new ZaloOAuth({ appId, appSecret, oauthRoot: config.zaloOauthRoot, ...http }), storage: tokensIn(store) });
  return accountOver(new ZaloOA({ tokens, apiRoot: config.zaloApiRoot, ...http }), Date.now);
}
