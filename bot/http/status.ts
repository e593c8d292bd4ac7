import { Hono } from 'hono';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { CHANNEL_NAMES, type Channel, type ChannelName } from '#bot/channels/channel.ts';
import { countInbox } from '#bot/store/inbox.ts';
import { countOutbox } from '#bot/store/outbox.ts';
import { countTickets } from '#bot/store/tickets.ts';
import type { Store } from '#bot/store/store.ts';

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

/** `/healthz` for whoever watches the machine, `/metrics` for Prometheus. Numbers only, nothing of anybody. */
export function createStatus(deps: StatusDeps): Status {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const inbound = new Counter({ name: 'loa_inbox_total', help: 'Messages received since the start', labelNames: ['channel'] as const, registers: [registry] });
  const model = new Counter({ name: 'loa_llm_total', help: 'Uses of the optional model since the start', labelNames: ['use', 'result'] as const, registers: [registry] });
  stateGauge(registry, 'loa_inbox', 'Inbox rows by state', () => deps.store.read(countInbox));
  stateGauge(registry, 'loa_outbox', 'Outbox rows by state', () => deps.store.read(countOutbox));
  stateGauge(registry, 'loa_tickets', 'Tickets by state', () => deps.store.read(countTickets));
  inbound.inc({ channel: 'web' }, 0);

  const app = new Hono();
  app.get('/healthz', async (c) => {
    const store = await deps.store.read(countInbox).then(() => 'up' as const, () => 'down' as const);
    const channels = Object.fromEntries(CHANNEL_NAMES.map((name) => [name, deps.channels().find((channel) => channel.name === name)?.health() ?? 'off']));
    const knowledge = deps.knowledge();
    const well = store === 'up' && knowledge.cards > 0 && Object.values(channels).every((state) => state === 'up' || state === 'off');
    return c.json({ status: well ? 'ok' : 'degraded', store, channels, knowledge, version: deps.version }, 200, { 'Cache-Control': 'no-store' });
  });
  app.get('/metrics', async (c) => c.text(await registry.metrics(), 200, { 'Content-Type': registry.contentType }));
  return { app, countInbound: (channel) => { inbound.inc({ channel }); }, countModel: (use, result) => { model.inc({ use, result }); } };
}

/** One gauge with a label `state`, counted when somebody looks. */
function stateGauge(registry: Registry, name: string, help: string, count: () => Promise<Record<string, number>>): void {
  new Gauge({
    name,
    help,
    labelNames: ['state'] as const,
    registers: [registry],
    async collect() {
      for (const [state, rows] of Object.entries(await count())) this.set({ state }, rows);
    },
  });
}
