import { Hono } from 'hono';
import { CHANNEL_NAMES, type Channel, type ChannelName } from '#bot/channels/channel.ts';
import type { Store } from '#bot/store/store.ts';
import type { Metrics } from './metrics.ts';
import { createTally } from './tally.ts';

export type StatusDeps = {
  store: Store;
  /** Asked at each look: the platforms are opened after this. */
  channels: () => Channel[];
  knowledge: () => { cards: number; expired: number };
  version: string;
};

/** What the optional model was asked for. */
export type ModelUse = 'choice' | 'draft' | 'transcription';

export type Status = {
  app: Hono;
  countInbound: (channel: ChannelName) => void;
  /** Counts one use of the optional model by how it came out, e.g. `chosen`, `failed`. */
  countModel: (use: ModelUse, result: string) => void;
};

/** Whoever watches the machine gives up soon, and would call the program dead when it is the database that hangs. */
const STORE_PATIENCE_MS = 2_000;

/** Whether the store can be read just now. */
export async function answers(store: Store): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => { timer = setTimeout(() => { resolve(false); }, STORE_PATIENCE_MS); });
  const read = store.read((tx) => tx.db.selectFrom('meta').select('key').limit(1).execute()).then(() => true, () => false);
  return Promise.race([read, late]).finally(() => { clearTimeout(timer); });
}

/** `/healthz` for whoever watches the machine, `/metrics` for Prometheus. Numbers only, nothing of anybody. */
export function createStatus(deps: StatusDeps): Status {
  const inbound = createTally(['channel'] as const);
  const model = createTally(['use', 'result'] as const);
  inbound.count({ channel: 'web' }, 0);
  // Loaded when somebody first asks: most stations have nobody who does.
  let metrics: Promise<Metrics> | undefined;

  const app = new Hono();
  app.get('/healthz', async (c) => {
    const store = await answers(deps.store) && deps.store.takesWrites() ? 'up' : 'down';
    const channels = Object.fromEntries(CHANNEL_NAMES.map((name) => [name, deps.channels().find((channel) => channel.name === name)?.health() ?? 'off']));
    const knowledge = deps.knowledge();
    const well = store === 'up' && knowledge.cards > 0 && Object.values(channels).every((state) => state === 'up' || state === 'off');
    return c.json({ status: well ? 'ok' : 'degraded', store, channels, knowledge, version: deps.version }, 200, { 'Cache-Control': 'no-store' });
  });
  app.get('/metrics', async (c) => {
    metrics ??= import('./metrics.ts').then(({ openMetrics }) => openMetrics(deps.store, { inbound, model }));
    const { text, contentType } = await metrics;
    return c.text(await text(), 200, { 'Content-Type': contentType });
  });
  return { app, countInbound: (channel) => { inbound.count({ channel }); }, countModel: (use, result) => { model.count({ use, result }); } };
}
