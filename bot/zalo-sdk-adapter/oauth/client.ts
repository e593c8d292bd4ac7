import { ACCESS_LIFE_WHEN_UNSAID_SECONDS, ALWAYS_SEND_PKCE } from '../disputed.ts';
import { overLimit, refusal } from '../errors.ts';
import { actedAt, callHttp, DEFAULT_TIMEOUT_MS, redact, unreached, type HttpOptions } from '../http.ts';
import { numberAt, textAt } from '../json.ts';
import { done, failed, type Result } from '../result.ts';
import { challengeOf, newState, newVerifier } from './pkce.ts';

export type OAuthOptions = HttpOptions & {
  appId: string;
  /** The app secret from the app's settings. It is not the secret key of the webhook. */
  appSecret: string;
  /** @defaultValue https://oauth.zaloapp.com */
  oauthRoot?: string;
};

/** What the token endpoint gives: a pair, of which the refresh token works once. */
export type TokenPair = { access_token: string; refresh_token: string; expires_in_seconds: number };

/** A consent that has been begun. Keep `verifier` under `state` until the callback comes, and show `url` to an admin. */
export type Authorisation = { url: string; state: string; verifier: string };

/** Zalo's OAuth v4 for Official Accounts. Remembers nothing; `TokenKeeper` does. */
export class ZaloOAuth {
  readonly #options: OAuthOptions;
  readonly #root: string;

  constructor(options: OAuthOptions) {
    this.#options = options;
    this.#root = (options.oauthRoot ?? 'https://oauth.zaloapp.com').replace(/\/+$/, '');
  }

  get appId(): string {
    return this.#options.appId;
  }

  /** Longest time that one call takes, in milliseconds. */
  get timeoutMs(): number {
    return this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  /**
   * The link on which an admin of the account consents. `redirectUri` must equal the one in the console to the letter.
   * Sources disagree whether the challenge is made anew each time or saved once in the console: without `verifier` a new
   * one is made; with it, the saved one is used.
   */
  authorise(of: { redirectUri: string; state?: string; verifier?: string }): Authorisation {
    const verifier = of.verifier ?? newVerifier();
    const state = of.state ?? newState();
    const query = new URLSearchParams({ app_id: this.#options.appId, redirect_uri: of.redirectUri, state });
    if (ALWAYS_SEND_PKCE) query.set('code_challenge', challengeOf(verifier));
    return { url: `${this.#root}/v4/oa/permission?${query.toString()}`, state, verifier };
  }

  /** The pair for the code of a callback. A code works once and for about 10 minutes. */
  exchange(of: { code: string; verifier: string }): Promise<Result<TokenPair>> {
    if (of.code === '') return Promise.resolve(failed(overLimit('oauth.exchange', 'code', 'is empty')));
    return this.#token('oauth.exchange', { grant_type: 'authorization_code', code: of.code, code_verifier: of.verifier });
  }

  /**
   * The next pair. The refresh token is used up by this, whether or not the answer arrives. Through a `TokenKeeper` this
   * is safe; by itself it is not.
   */
  refresh(refreshToken: string): Promise<Result<TokenPair>> {
    return this.#token('oauth.refresh', { grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  async #token(name: string, form: Record<string, string>): Promise<Result<TokenPair>> {
    const { appId, appSecret } = this.#options;
    const secrets = [appSecret, form['refresh_token'] ?? '', form['code'] ?? '', form['code_verifier'] ?? ''];
    const reply = await callHttp(
      {
        name,
        url: `${this.#root}/v4/oa/access_token`,
        method: 'POST',
        headers: { secret_key: appSecret, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ ...form, app_id: appId }).toString(),
        changes: true,
        secrets,
      },
      this.#options,
    );
    if (!reply.ok) return reply;
    // The endpoint says no with status 200. Only the presence of both tokens means yes.
    const { json, status } = reply.value;
    const access = textAt(json, 'access_token');
    const refresh = textAt(json, 'refresh_token');
    if (access !== undefined && access !== '' && refresh !== undefined && refresh !== '') {
      const life = numberAt(json, 'expires_in');
      const seconds = life !== undefined && life > 0 ? life : ACCESS_LIFE_WHEN_UNSAID_SECONDS;
      return done({ access_token: access, refresh_token: refresh, expires_in_seconds: seconds });
    }
    const code = numberAt(json, 'error');
    if (code === undefined || code === 0) {
      // With half a pair, or 200 and something else, Zalo may have used the token up.
      return failed(unreached({ name, changes: true }, actedAt(status), `HTTP ${status} without tokens and without an error code`));
    }
    if (status >= 500) return failed(unreached({ name, changes: true }, actedAt(status), `HTTP ${status}, code ${code}`));
    const said = [textAt(json, 'error_name'), textAt(json, 'error_description') ?? textAt(json, 'error_reason')].filter((part) => part !== undefined && part !== '').join(': ');
    const now = this.#options.now ?? Date.now;
    return failed(refusal({ area: 'token', call: name, code, message: redact(said, secrets), nowMs: now(), log: this.#options.log }));
  }
}
