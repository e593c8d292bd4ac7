import { createHash, randomBytes } from 'node:crypto';
import type { Answered, Asked } from './wire.ts';
import type { World } from './world.ts';

const CODE_LIFE_MS = 10 * 60_000;
const REFRESH_LIFE_MS = 90 * 24 * 3_600_000;

export type FakePair = { access_token: string; refresh_token: string };

/** Zalo's OAuth v4: codes and refresh tokens that work once, access tokens that really expire, refusals with status 200. */
export class FakeOAuth {
  /** Life of the access tokens given from now on. */
  accessLifeSeconds = 90_000;
  /** How often each kind of exchange was asked for, refused ones included. */
  readonly asked = { authorization_code: 0, refresh_token: 0 };
  readonly #world: World;
  readonly #codes = new Map<string, { challenge: string; expiresAtMs: number }>();
  readonly #refresh = new Map<string, { expiresAtMs: number; used: boolean }>();
  readonly #access = new Map<string, number>();
  #latest: FakePair | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  /** The pair that was given last: what a program should have in its storage. */
  get latest(): FakePair | null {
    return this.#latest;
  }

  /** A pair as the console's API explorer hands one out. */
  issue(): FakePair {
    const pair = { access_token: `access-${randomBytes(200).toString('base64url')}`, refresh_token: `refresh-${randomBytes(200).toString('base64url')}` };
    const now = this.#world.clock.now();
    this.#access.set(pair.access_token, now + this.accessLifeSeconds * 1000);
    this.#refresh.set(pair.refresh_token, { expiresAtMs: now + REFRESH_LIFE_MS, used: false });
    this.#latest = pair;
    return pair;
  }

  /** An admin's consent, without a browser: the code for the callback. */
  consent(challenge: string): string {
    const code = randomBytes(24).toString('base64url');
    this.#codes.set(code, { challenge, expiresAtMs: this.#world.clock.now() + CODE_LIFE_MS });
    return code;
  }

  /** Zalo forgets all refresh tokens, as after a change of rights in the console. */
  revokeAll(): void {
    for (const token of this.#refresh.values()) token.used = true;
    this.#access.clear();
  }

  /** 0 when the token is good, otherwise the code with which the API refuses it. */
  check(accessToken: string | undefined): 0 | -216 | -220 {
    const expiresAtMs = this.#access.get(accessToken ?? '');
    if (expiresAtMs === undefined) return -216;
    return this.#world.clock.now() < expiresAtMs ? 0 : -220;
  }

  answer(asked: Asked): Answered {
    return asked.path === '/v4/oa/permission' ? this.#permission(asked) : this.#token(asked);
  }

  #permission({ query }: Asked): Answered {
    const { appId, callbacks, oaId } = this.#world.app;
    const callback = query.get('redirect_uri') ?? '';
    if (query.get('app_id') !== appId) return refused(-14002, 'Invalid app id');
    if (!callbacks.includes(callback)) return refused(-14003, 'Invalid redirect uri');
    const challenge = query.get('code_challenge') ?? '';
    if (!/^[\w-]{43}$/.test(challenge)) return refused(-118, 'Invalid code challenge');
    const target = new URL(callback);
    target.searchParams.set('code', this.consent(challenge));
    target.searchParams.set('oa_id', oaId);
    const state = query.get('state');
    if (state !== null) target.searchParams.set('state', state);
    return { status: 302, text: '', headers: { Location: target.href } };
  }

  #token({ headers, method, body }: Asked): Answered {
    const { appId, appSecret } = this.#world.app;
    if (method !== 'POST' || headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) return refused(-118, 'Invalid content type');
    if (headers['secret_key'] !== appSecret) return refused(-14002, 'Invalid secret key');
    const form = new URLSearchParams(body.toString());
    if (form.get('app_id') !== appId) return refused(-14002, 'Invalid app id');
    switch (form.get('grant_type')) {
      case 'authorization_code':
        this.asked.authorization_code += 1;
        return this.#byCode(form.get('code') ?? '', form.get('code_verifier') ?? '');
      case 'refresh_token':
        this.asked.refresh_token += 1;
        return this.#byRefresh(form.get('refresh_token') ?? '');
      case null:
      default:
        return refused(-118, 'Invalid grant type');
    }
  }

  #byCode(code: string, verifier: string): Answered {
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    if (known === undefined || known.expiresAtMs < this.#world.clock.now()) return refused(-118, 'Invalid code');
    if (createHash('sha256').update(verifier).digest('base64url') !== known.challenge) return refused(-118, 'Invalid code verifier');
    return this.#given();
  }

  #byRefresh(token: string): Answered {
    const known = this.#refresh.get(token);
    if (known === undefined) return refused(-14014, 'Invalid refresh token');
    if (known.used || known.expiresAtMs < this.#world.clock.now()) return refused(-14020, 'Refresh token has been used or has expired');
    known.used = true;
    return this.#given();
  }

  #given(): Answered {
    return { json: { ...this.issue(), expires_in: String(this.accessLifeSeconds) } };
  }
}

function refused(error: number, name: string): Answered {
  return { json: { error, error_name: name, error_description: name, ref_doc: 'https://developers.zalo.me' } };
}
