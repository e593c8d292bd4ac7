import { parseArgs } from 'node:util';
import { login } from '#bot/channels/zalo/login.ts';
import { tokensIn } from '#bot/channels/zalo/tokens.ts';
import { openForVerb } from './open-store.ts';
import type { Verb } from './verb.ts';

/** `zalo login`: connects the station's Official Account, step by step. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'zalo:login.usage'),
  run: async (args, context) => {
    const { config, texts, input, out, err } = context;
    const parsed = readArgs(args);
    if (parsed === null) {
      err.write(`${texts.say('vi', 'zalo:login.usage')}\n`);
      return 2;
    }
    const done = await login({
      settings: { appId: config.zaloAppId, appSecret: config.zaloAppSecret, oaSecretKey: config.zaloOaSecretKey, publicUrl: config.publicUrl, apiRoot: config.zaloApiRoot, oauthRoot: config.zaloOauthRoot },
      verifier: parsed.verifier,
      texts, input, out, err,
      withTokens: async (act) => (await openForVerb(context, async (store) => (await act(tokensIn(store)) ? 0 : 1))) === 0,
    });
    return done ? 0 : 1;
  },
};

function readArgs(args: string[]): { verifier: string | null } | null {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { verifier: { type: 'string' } } });
    return positionals.length === 1 && positionals[0] === 'login' ? { verifier: values.verifier ?? null } : null;
  } catch {
    return null;
  }
}
