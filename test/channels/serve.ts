import { setTimeout as sleep } from 'node:timers/promises';
import { serve, type ServerType } from '@hono/node-server';
import type { Hono } from 'hono';

/** Serves an application on a port of this machine; 0 or none: any. */
export async function serveApp(app: Hono, port = 0): Promise<{ url: string; close: () => Promise<void> }> {
  const { server, bound } = await new Promise<{ server: ServerType; bound: number }>((resolve) => {
    const started = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (info) => {
      resolve({ server: started, bound: info.port });
    });
  });
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () => new Promise((resolve) => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close(() => {
        resolve();
      });
    }),
  };
}

/** Resolves once `is` holds; throws after `timeoutMs`. */
export async function until(is: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!await is()) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms for: ${is.toString().slice(0, 200)}`);
    await sleep(5);
  }
}
