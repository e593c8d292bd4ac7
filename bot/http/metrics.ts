import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { countInbox } from '#bot/store/inbox.ts';
import { countNotices } from '#bot/store/notices.ts';
import { countOutbox } from '#bot/store/outbox.ts';
import { countTickets } from '#bot/store/tickets.ts';
import type { Store } from '#bot/store/store.ts';
import { answers } from './status.ts';
import type { Tally } from './tally.ts';

export type Metrics = { contentType: string; text: () => Promise<string> };

/** What Prometheus reads: the program's own numbers, the rows of the store by state, and what was counted since the start. */
export function openMetrics(store: Store, tallies: { inbound: Tally<'channel'>; model: Tally<'use' | 'result'> }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  tallyCounter(registry, 'loa_inbox_total', 'Messages received since the start', tallies.inbound);
  tallyCounter(registry, 'loa_llm_total', 'Uses of the optional model since the start', tallies.model);
  new Gauge({
    name: 'loa_store_up',
    help: '1 while the store can be read',
    registers: [registry],
    async collect() {
      this.set(await answers(store) ? 1 : 0);
    },
  });
  stateGauge(registry, 'loa_inbox', 'Inbox rows by state', () => store.read(countInbox));
  stateGauge(registry, 'loa_outbox', 'Outbox rows by state', () => store.read(countOutbox));
  stateGauge(registry, 'loa_tickets', 'Tickets by state', () => store.read(countTickets));
  stateGauge(registry, 'loa_notices', 'Notices to staff by state', () => store.read(countNotices));
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

function tallyCounter<Label extends string>(registry: Registry, name: string, help: string, tally: Tally<Label>): void {
  new Counter({
    name,
    help,
    labelNames: tally.labels,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, count] of tally.counts()) this.inc(labels, count);
    },
  });
}

/** One gauge with a label `state`, counted when somebody looks; without rows while the store is away. */
function stateGauge(registry: Registry, name: string, help: string, count: () => Promise<Record<string, number>>): void {
  new Gauge({
    name,
    help,
    labelNames: ['state'] as const,
    registers: [registry],
    async collect() {
      this.reset();
      for (const [state, rows] of Object.entries(await count().catch(() => ({})))) this.set({ state }, rows);
    },
  });
}
