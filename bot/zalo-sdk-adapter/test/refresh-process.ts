import { TokenKeeper } from '../oauth/keeper.ts';
import { ZaloOAuth } from '../oauth/client.ts';
import type { TokenRecord, TokenStorage } from '../oauth/record.ts';
import { FileTokenStorage } from '../oauth/storages.ts';

/**
 * A process of its own that asks for an access token once, prints the result, and can be told at which step to be killed
 * as by a power cut. A lease lasts three times `TIMEOUT_MS`. Run by keeper-kill.test.ts.
 */
const { ROOT = '', FOLDER = '', LATER_MS = '0', DIE = '', APP_ID = '', APP_SECRET = '', TIMEOUT_MS = '15000' } = process.env;

const now = () => Date.now() + Number(LATER_MS);

function dieAt(step: string): void {
  if (step === DIE) process.kill(process.pid, 'SIGKILL');
}

class Mortal implements TokenStorage {
  readonly #inner = new FileTokenStorage(FOLDER);
  #swaps = 0;

  async read(): Promise<TokenRecord | null> {
    const record = await this.#inner.read();
    dieAt('after reading');
    return record;
  }

  async swap(version: number, next: TokenRecord): Promise<boolean> {
    const what = this.#swaps === 0 ? 'mark' : 'pair';
    this.#swaps += 1;
    dieAt(`before storing the ${what}`);
    const swapped = await this.#inner.swap(version, next);
    dieAt(`after storing the ${what}`);
    return swapped;
  }
}

const mortalFetch: typeof fetch = async (input, init) => {
  dieAt('before asking Zalo');
  const response = await fetch(input, init);
  dieAt('when Zalo has answered');
  return response;
};

const oauth = new ZaloOAuth({ appId: APP_ID, appSecret: APP_SECRET, oauthRoot: ROOT, fetch: mortalFetch, timeoutMs: Number(TIMEOUT_MS), now });
const keeper = new TokenKeeper({ oauth, storage: new Mortal(), now });
const result = await keeper.accessToken();
dieAt('before handing the token out');
process.stdout.write(JSON.stringify(result.ok ? { token: result.value } : { failure: result.failure.kind }));
