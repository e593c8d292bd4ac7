import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { TokenKeeper, ZaloOA, ZaloOAuth, type Failure, type TokenStorage } from 'zalo-sdk-adapter';
import type { TextKey, Texts, Values } from '#locales/texts.ts';
import { CALLBACK_PATH, WEBHOOK_PATH } from './webhook.ts';

/** What the authorisation needs of the environment; null: not set. */
export type LoginSettings = {
  appId: string | null;
  appSecret: string | null;
  oaSecretKey: string | null;
  publicUrl: string | null;
  apiRoot: string;
  oauthRoot: string;
};

export type LoginOptions = {
  settings: LoginSettings;
  /** The verifier saved in the developer console, where Zalo wants a fixed one; null: a new one each time. */
  verifier: string | null;
  texts: Texts;
  input: Readable;
  out: Writable;
  err: Writable;
  /** Opens the storage of the tokens for as long as `act` runs; null when it cannot be opened, which has then been said. */
  withTokens: (act: (tokens: TokenStorage) => Promise<boolean>) => Promise<boolean>;
  clock?: () => number;
};

/**
 * Walks an officer through the authorisation: what is missing, the link, the address they copy back, and what came of
 * it. True when the account is authorised and its tokens are on disk. Neither code nor token is ever printed.
 */
export async function login(options: LoginOptions): Promise<boolean> {
  const { texts } = options;
  const to = (stream: Writable) => (key: TextKey, values?: Values): void => {
    stream.write(`${texts.say('vi', key, values)}\n`);
  };
  const say = to(options.out);
  const complain = to(options.err);
  const ready = readiness(options.settings);
  if (!ready.ok) {
    for (const fault of ready.faults) complain(fault.key, fault.key === 'zalo:login.missing' ? { name: fault.name, where: texts.say('vi', `zalo:login.where.${fault.name}`) } : {});
    return false;
  }
  const { appId, appSecret, publicUrl, apiRoot, oauthRoot } = ready.settings;
  const http = options.clock === undefined ? {} : { now: options.clock };
  const oauth = new ZaloOAuth({ appId, appSecret, oauthRoot, ...http });
  const begun = oauth.authorise({ redirectUri: publicUrl + CALLBACK_PATH, ...(options.verifier === null ? {} : { verifier: options.verifier }) });
  say('zalo:login.step1', { callback: publicUrl + CALLBACK_PATH });
  say('zalo:login.step2', { url: begun.url });
  say('zalo:login.step3');

  const back = readAddress(await readLine(options.input), begun.state);
  if (typeof back === 'string') {
    complain(back);
    return false;
  }
  return options.withTokens(async (tokens) => {
    const pair = await oauth.exchange({ code: back.code, verifier: begun.verifier });
    if (!pair.ok) {
      complain('zalo:login.refused', { why: inShort(pair.failure) });
      return false;
    }
    const keeper = new TokenKeeper({ oauth, storage: tokens, ...http });
    try {
      await keeper.accept(pair.value, back.oaId);
    } catch {
      complain('zalo:login.notStored');
      return false;
    }
    const profile = await new ZaloOA({ tokens: keeper, apiRoot, ...http }).getOa();
    if (profile.ok) say('zalo:login.done', { name: profile.value.name });
    else say('zalo:login.doneUnseen', { why: inShort(profile.failure) });
    say('zalo:login.step4', { webhook: publicUrl + WEBHOOK_PATH });
    return true;
  });
}

type Ready = { appId: string; appSecret: string; publicUrl: string; apiRoot: string; oauthRoot: string };
const NAMES = ['ZALO_APP_ID', 'ZALO_APP_SECRET', 'ZALO_OA_SECRET_KEY', 'PUBLIC_URL'] as const;
type Fault = { key: 'zalo:login.missing'; name: (typeof NAMES)[number] } | { key: 'zalo:login.sameSecrets' | 'zalo:login.notHttps' };

function readiness({ appId, appSecret, oaSecretKey, publicUrl, apiRoot, oauthRoot }: LoginSettings): { ok: true; settings: Ready } | { ok: false; faults: Fault[] } {
  const given = { ZALO_APP_ID: appId, ZALO_APP_SECRET: appSecret, ZALO_OA_SECRET_KEY: oaSecretKey, PUBLIC_URL: publicUrl };
  const faults: Fault[] = NAMES.filter((name) => given[name] === null).map((name) => ({ key: 'zalo:login.missing', name }));
  if (appSecret !== null && appSecret === oaSecretKey) faults.push({ key: 'zalo:login.sameSecrets' });
  if (publicUrl !== null && !publicUrl.startsWith('https://')) faults.push({ key: 'zalo:login.notHttps' });
  if (faults.length > 0 || appId === null || appSecret === null || publicUrl === null) return { ok: false, faults };
  return { ok: true, settings: { appId, appSecret, publicUrl: publicUrl.replace(/\/+$/, ''), apiRoot, oauthRoot } };
}

/** What the copied address says, or what is wrong with it. */
function readAddress(line: string | null, state: string): { code: string; oaId: string | null } | 'zalo:login.nothing' | 'zalo:login.noCode' | 'zalo:login.otherState' {
  const pasted = line?.trim() ?? '';
  if (pasted === '') return 'zalo:login.nothing';
  const query = new URLSearchParams(pasted.slice(pasted.indexOf('?') + 1));
  const code = query.get('code') ?? '';
  if (!pasted.includes('?') || code === '') return 'zalo:login.noCode';
  // Zalo gives back the state that it was sent; without it the code itself still binds this attempt by its challenge.
  const given = query.get('state');
  if (given !== null && given !== state) return 'zalo:login.otherState';
  return { code, oaId: query.get('oa_id') };
}

async function readLine(input: Readable): Promise<string | null> {
  const lines = createInterface({ input, terminal: false });
  try {
    for await (const line of lines) return line;
    return null;
  } finally {
    lines.close();
  }
}

/** The package's own words about a failure: a code and its meaning, never a token. */
function inShort(failure: Failure): string {
  return failure.message.slice(0, 160);
}
