import { createHash } from 'node:crypto';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ZaloWebhook } from 'zalo-sdk-adapter';
import { median, quantile, type Bench } from './figure.ts';

const APP = '1234567890123456789';
const KEY = 'bench-oa-secret-key';
const RUN_MS = 1_000;
const RUNS = 5;
const RATE_PER_SECOND = 200;
const LOAD_SECONDS = 5;

/** Zalo's webhook without a store behind it: how much of the 2 seconds that Zalo gives is spent before the first query. */
export const bench: Bench = {
  name: 'zalo',
  run: async () => {
    const webhook = new ZaloWebhook({ appId: APP, oaSecretKey: KEY });
    const honest = deliveries(1000);
    const forged = honest.map(({ body }) => ({ body, headers: { 'x-zevent-signature': `mac=${'0'.repeat(64)}` } }));
    const waits = await underLoad(webhook);
    return [
      { what: 'webhooks verified and read, median of 5', value: perSecond(webhook, honest, 200), unit: '/s', goal: { sign: '>=', value: 20_000 } },
      { what: 'forged webhooks refused, median of 5', value: perSecond(webhook, forged, 401), unit: '/s', goal: { sign: '>=', value: 20_000 } },
      { what: `acknowledged over HTTP at ${RATE_PER_SECOND}/s without a store, p99`, value: quantile(waits, 0.99), unit: 'ms', goal: { sign: '<=', value: 20 } },
    ];
  },
};

type Delivery = { body: Buffer; headers: Record<string, string> };

/** Messages of different people, signed as Zalo signs. */
function deliveries(count: number): Delivery[] {
  return Array.from({ length: count }, (_, number) => {
    const timestamp = String(Date.now());
    const text = `Cháu nhà tôi ${number % 60} tháng, mai ở xã có tiêm không và có phải mang sổ theo không ạ?`;
    const person = `25125236${String(number).padStart(8, '0')}`;
    const body = JSON.stringify({
      app_id: APP, user_id_by_app: `9${person}`, event_name: 'user_send_text', timestamp, sender: { id: person }, recipient: { id: '579745863508352884' },
      message: { msg_id: createHash('sha1').update(person).digest('hex'), text },
    });
    const mac = createHash('sha256').update(APP + body + timestamp + KEY).digest('hex');
    return { body: Buffer.from(body), headers: { 'x-zevent-signature': `mac=${mac}` } };
  });
}

function perSecond(webhook: ZaloWebhook, of: readonly Delivery[], expected: number): number {
  const rates: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const beganMs = performance.now();
    let done = 0;
    while (performance.now() - beganMs < RUN_MS) {
      for (const { body, headers } of of) {
        const { status } = webhook.receive(body, headers);
        if (status !== expected) throw new Error(`a webhook was answered ${status}`);
      }
      done += of.length;
    }
    rates.push((done * 1000) / (performance.now() - beganMs));
  }
  // The first run warms up.
  return median(rates.slice(1));
}

/** How long each delivery waits for its answer, in milliseconds, when they come at an even rate whether or not answers do. */
async function underLoad(webhook: ZaloWebhook): Promise<number[]> {
  const seen = new Set<string>();
  const server = createServer((asked, response) => {
    const parts: Buffer[] = [];
    asked.on('data', (part: Buffer) => parts.push(part));
    asked.on('end', () => {
      const verdict = webhook.receive(Buffer.concat(parts), asked.headers);
      if (verdict.kind === 'event') seen.add(verdict.event.key);
      response.writeHead(verdict.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const all = deliveries(RATE_PER_SECOND * LOAD_SECONDS);
  const beganMs = performance.now();
  const waits = await Promise.all(
    all.map(async (delivery, number) => {
      await delay(Math.max(0, beganMs + (number * 1000) / RATE_PER_SECOND - performance.now()));
      const sentMs = performance.now();
      await post(port, agent, delivery);
      return performance.now() - sentMs;
    }),
  );
  agent.destroy();
  server.close();
  if (seen.size !== all.length) throw new Error(`${seen.size} of ${all.length} webhooks arrived`);
  return waits;
}

function post(port: number, agent: Agent, { body, headers }: Delivery): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, agent, method: 'POST', path: '/', headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': body.byteLength } }, (response) => {
      response.resume().on('end', resolve);
    });
    sent.on('error', reject).end(body);
  });
}
