import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';

/** A port that is being listened on. */
export type Listening = {
  /** With the port that was really taken, where 0 was asked for. */
  url: string;
  /** From now on nothing new is taken in. */
  close: () => Promise<void>;
  /** Ends what is still open, as a page that waits for an answer. */
  cut: () => void;
};

/** Why a port cannot be had: somebody else has it, the system keeps it for itself, or the machine has no such address. */
export type NoPort = 'portTaken' | 'portForbidden' | 'noSuchHost';

/** `onError` hears of whatever the server meets, then and as long as it runs. */
export async function listen(http: Hono, at: { port: number; host: string }, onError: (error: unknown) => void): Promise<{ ok: true; listening: Listening } | { ok: false; why: NoPort }> {
  const server = serve({ fetch: http.fetch, port: at.port, hostname: at.host });
  const address = await new Promise<AddressInfo | NoPort>((resolve) => {
    server.once('listening', () => {
      const bound = server.address();
      resolve(bound !== null && typeof bound === 'object' ? bound : 'portTaken');
    });
    // Stays: an error that nobody hears would end the program.
    server.on('error', (error: unknown) => {
      onError(error);
      resolve(whyNot(error));
    });
  });
  if (typeof address === 'string') return { ok: false, why: address };
  const listening: Listening = {
    url: `http://${address.address.includes(':') ? `[${address.address}]` : address.address}:${address.port}`,
    close: () => new Promise((resolve) => server.close(() => { resolve(); })),
    cut: () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
    },
  };
  return { ok: true, listening };
}

function whyNot(error: unknown): NoPort {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EACCES' || code === 'EPERM') return 'portForbidden';
  return code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'noSuchHost' : 'portTaken';
}
