import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Faults } from './faults.ts';

/** A request as the fakes see it. */
export type Asked = { method: string; path: string; query: URLSearchParams; headers: IncomingMessage['headers']; body: Buffer };

export type Answered = { status?: number; json?: unknown; text?: string; bytes?: Uint8Array; headers?: Record<string, string> };

/** A server on a free port of this machine that lets `answer` decide, and `faults` interfere. */
export async function serve(port: number, faults: Faults, answer: (asked: Asked) => Promise<Answered>): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    respond(request, response, faults, answer).catch(() => {
      request.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${portOf(server)}`, stop: () => stop(server) };
}

async function respond(request: IncomingMessage, response: ServerResponse, faults: Faults, answer: (asked: Asked) => Promise<Answered>): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const asked: Asked = { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, headers: request.headers, body: await bodyOf(request) };
  const fault = faults.take(asked.path);
  const isBot = asked.path.startsWith('/bot');
  const no = (code: number, message: string) => (isBot ? { ok: false, error_code: code, description: message } : { error: code, message, error_name: message });
  switch (fault?.kind) {
    case 'refuse':
      request.socket.destroy();
      return;
    case 'status':
      response.writeHead(fault.status, { 'Content-Type': 'text/html' }).end('<html>bad gateway</html>');
      return;
    case 'code':
      write(response, { json: no(fault.code, fault.message ?? 'injected') });
      return;
    case 'echo':
      write(response, { json: no(fault.code, JSON.stringify({ url: request.url, headers: request.headers, body: asked.body.toString() })) });
      return;
    case undefined:
    case 'lost_reply':
    case 'not_json':
    case 'slow':
  }
  const answered = await answer(asked);
  switch (fault?.kind) {
    case 'lost_reply':
      request.socket.destroy();
      return;
    case 'not_json':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>');
      return;
    case 'slow':
      response.writeHead(answered.status ?? 200, { 'Content-Type': 'application/json' }).flushHeaders();
      await delay(fault.delayMs);
      response.end(JSON.stringify(answered.json ?? null));
      return;
    case undefined:
      write(response, answered);
  }
}

function write(response: ServerResponse, { status, json, text, bytes, headers }: Answered): void {
  const type = json === undefined ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(status ?? 200, { 'Content-Type': type, ...headers }).end(json === undefined ? (bytes ?? text ?? '') : JSON.stringify(json));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
  return Buffer.concat(parts);
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake listens on no port');
  return address.port;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
