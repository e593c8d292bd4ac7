import { answerBy, memoryStore, webChat, type Options } from './house.ts';

export const JSON_TYPE = { 'Content-Type': 'application/json' };

/** The web chat before a store in memory, and a message through its door. */
export async function house(options: Options = {}, answer = answerBy) {
  const store = memoryStore(answer);
  const app = await webChat(store, options);
  const post = async (body: object, headers: Record<string, string> = {}): Promise<Response> =>
    app.request('/api/chat', { method: 'POST', body: JSON.stringify(body), headers: { ...JSON_TYPE, ...headers } });
  return { app, store, post };
}

/** A post of the page’s form, as a browser without JavaScript makes it. */
export async function form(app: { request: (path: string, init: RequestInit) => Response | Promise<Response> }, body: string, headers: Record<string, string>): Promise<Response> {
  return app.request('/', { method: 'POST', body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } });
}

export function cookieOf(res: Response): string {
  return res.headers.get('set-cookie')?.split(';')[0] ?? '';
}
