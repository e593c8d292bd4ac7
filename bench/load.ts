import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { quantile } from './figure.ts';

export type Load = {
  url: string;
  seconds: number;
  /** Messages begun each second, however slow the answers; absent: as many as `connections` can. */
  perSecond?: number;
  connections: number;
  /** What message number `i` says. */
  text: (i: number) => string;
  /** Residents who take turns. */
  residents: number;
};

export type LoadResult = { perSecond: number; p50Ms: number; p99Ms: number; failed: number };

/**
 * Residents writing to the web chat. With `perSecond` the latency counts from the moment at which a message was due, so
 * that a stall shows in everyone who would have written meanwhile.
 */
export async function load(options: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const residents = Array.from({ length: options.residents }, () => ({ cookie: `loa_chat=${randomBytes(16).toString('base64url')}`, address: [...randomBytes(4)].join('.') }));
  const latenciesMs: number[] = [];
  let failed = 0;
  let next = 0;

  const one = async (dueMs: number): Promise<void> => {
    const i = next++;
    const resident = residents[i % residents.length];
    if (resident === undefined) return;
    const answered = await post(agent, options.url, options.text(i), resident).catch(() => false);
    if (answered) latenciesMs.push(performance.now() - dueMs);
    else failed += 1;
  };

  const beganMs = performance.now();
  const endMs = beganMs + options.seconds * 1000;
  if (options.perSecond === undefined) {
    await Promise.all(Array.from({ length: options.connections }, async () => {
      while (performance.now() < endMs) await one(performance.now());
    }));
  } else {
    const pending: Promise<void>[] = [];
    const total = Math.floor(options.perSecond * options.seconds);
    for (let i = 0; i < total; i++) {
      const dueMs = beganMs + (i * 1000) / options.perSecond;
      const waitMs = dueMs - performance.now();
      if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
      pending.push(one(dueMs));
    }
    await Promise.all(pending);
  }
  const tookSeconds = (performance.now() - beganMs) / 1000;
  agent.destroy();
  return { perSecond: latenciesMs.length / tookSeconds, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99), failed };
}

/** True when the reply came with the response. */
function post(agent: Agent, url: string, text: string, resident: { cookie: string; address: string }): Promise<boolean> {
  const body = JSON.stringify({ text });
  return new Promise((resolve, reject) => {
    const call = request(`${url}/api/chat`, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'cookie': resident.cookie, 'x-forwarded-for': resident.address },
    }, (response) => {
      let received = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        received += chunk;
      });
      response.on('end', () => {
        resolve(response.statusCode === 200 && received.includes('"id":'));
      });
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}
