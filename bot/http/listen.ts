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

/** Null when the port cannot be had; `onError` hears why. */
export async function listen(http: Hono, at: { port: number; host: string }, onError: (error: unknown) => void): Promise<Listening | null> {
  const server = serve({ fetch: http.fetch, port: at.port, hostname: at.host });
  const address = await new Promise<AddressInfo | null>((resolve) => {
    server.once('listening', () => {
      const bound = server.address();
      resolve(bound !== null && typeof bound === 'object' ? bound : null);
    });
    server.once('error', (error) => {
      onError(error);
      resolve(null);
    });
  });
  if (address === null) return null;
  return {
    url: `http://${address.address.includes(':') ? `[${address.address}]` : address.address}:${address.port}`,
    close: () => new Promise((resolve) => server.close(() => { resolve(); })),
    cut: () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
    },
  };
}
