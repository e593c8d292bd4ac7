import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createFaults, type Fault } from './faults.ts';
import { createFlood, USUAL_RATES, type FloodRates } from './flood.ts';
import { createMethods, type Desk } from './methods.ts';
import { createPeople } from './people.ts';
import { createUpdates } from './updates.ts';
import { createWorld } from './world.ts';
import { answer, ApiError, readParams, refuse } from './wire.ts';

/**
 * A Telegram that lives on this machine and is as strict as the real one: a station's program cannot tell it from
 * api.telegram.org, and a test can be anybody who writes to the station.
 */

export type FakeTelegramOptions = {
  token?: string;
  username?: string;
  /** @defaultValue no flood control */
  rates?: Partial<FloodRates>;
  nowMs?: () => number;
  /** @defaultValue 50, 100, 200, 400 ms: the real one waits longer */
  webhookRetryMs?: readonly number[];
  /** @defaultValue 60 000, as the real one */
  webhookTimeoutMs?: number;
};

/** A call as it came in. `status` 0: the caller never heard back. */
export type Recorded = { method: string; params: Record<string, unknown>; uploads: boolean; status: number; atMs: number };

export type FakeTelegram = Awaited<ReturnType<typeof startFakeTelegram>>;

export async function startFakeTelegram(options: FakeTelegramOptions = {}) {
  const token = options.token ?? '4200:fake-token-for-tests';
  const nowMs = options.nowMs ?? Date.now;
  const world = createWorld({ id: Number(token.split(':')[0]), is_bot: true, first_name: 'Loa Làng', username: options.username ?? 'loa_lang_bot' });
  const updates = createUpdates({ nowMs, webhookRetryMs: options.webhookRetryMs ?? [50, 100, 200, 400], webhookTimeoutMs: options.webhookTimeoutMs ?? 60_000 });
  const faults = createFaults();
  const desk: Desk = {
    world, updates, nowMs,
    flood: options.rates === undefined ? () => undefined : createFlood({ ...USUAL_RATES, ...options.rates }, nowMs),
    files: new Map(), presses: new Map(), commands: new Map(), actions: [],
  };
  const methods = createMethods(desk);
  const calls: Recorded[] = [];
  const state = { token, down: false };

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (error instanceof ApiError) refuse(response, error);
      else refuse(response, new ApiError(500, `Internal Server Error: ${String(error)}`));
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (state.down) {
      request.socket.destroy();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://fake');
    const file = /^\/file\/bot([^/]+)\/files\/(.+)$/.exec(url.pathname);
    if (file !== null && file[1] === state.token) {
      const bytes = desk.files.get(file[2] ?? '')?.bytes;
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
      return;
    }
    const [, called, name = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(url.pathname) ?? [];
    const params = await readParams(request, url);
    if (called !== state.token) throw called === undefined || !/^\d+:[\w-]+$/.test(called) ? new ApiError(404, 'Not Found') : new ApiError(401, 'Unauthorized');
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) throw new ApiError(404, 'Not Found: method not found');

    const record: Recorded = { method: name, params: params.raw, uploads: params.file('photo') !== undefined || params.file('voice') !== undefined || params.file('document') !== undefined, status: 0, atMs: nowMs() };
    calls.push(record);
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
    });
    const fault = faults.next(name, params.has('chat_id') ? params.int('chat_id') : undefined);
    try {
      if (fault !== null && !acts(fault)) throw fault.kind === 'error' ? new ApiError(fault.status, fault.description, fault.parameters) : new Unanswered();
      const result = await method({ params, gone: gone.signal });
      if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
      else if (fault !== null) throw new Unanswered();
      record.status = 200;
      answer(response, result);
    } catch (error) {
      if (error instanceof Unanswered) {
        if (fault?.kind === 'gateway') response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>');
        else response.destroy();
        record.status = fault?.kind === 'gateway' ? fault.status : 0;
        return;
      }
      record.status = error instanceof ApiError ? error.status : 500;
      throw error;
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake has no port');

  return {
    /** For `TELEGRAM_API_ROOT`. */
    root: `http://127.0.0.1:${address.port}`,
    token,
    bot: world.bot,
    faults,
    calls,
    updates,
    commands: desk.commands,
    actions: desk.actions,
    files: desk.files,
    groups: world.groups,
    ...createPeople(desk),
    /** What the bot said in a chat, in order, as the chat shows it now. */
    received: (chatId: number) => world.shown.filter((each) => each.chatId === chatId),
    /** How many messages each chat received. */
    counts: () => world.shown.reduce((counts, { chatId }) => counts.set(chatId, (counts.get(chatId) ?? 0) + 1), new Map<number, number>()),
    /** The network is away: connections end at once. */
    setDown: (down: boolean) => {
      state.down = down;
      if (down) server.closeAllConnections();
    },
    revokeToken: () => {
      state.token = `${token}-new`;
    },
    stop: async () => {
      updates.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

class Unanswered extends Error {}

function acts(fault: Fault): boolean {
  switch (fault.kind) {
    case 'error':
      return false;
    case 'gateway':
    case 'lost':
      return fault.acted;
    case 'slow':
      return true;
  }
}
