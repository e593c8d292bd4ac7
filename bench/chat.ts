import { freshDatabase, hasPostgres, startMachine } from '#test/machine.ts';
import type { Bench, Figure } from './figure.ts';
import { load, type LoadResult } from './load.ts';
import { startStation } from './station.ts';
import { benchStore } from './store.ts';

const SECONDS = 10;
const RESIDENTS = 20_000;
const QUESTIONS = ['chích ngừa cho bé có mất tiền không', 'nha het gao roi lam sao', 'sốt xuất huyết có dấu hiệu gì', 'be ho co tiem dc k', 'gặp cán bộ', 'cảm ơn trạm'];

/** Messages through `POST /api/chat`, stored, answered and marked, beside the bare store in the same run. */
export const bench: Bench = {
  name: 'chat',
  run: async () => {
    const machine = await startMachine();
    try {
      const figures: Figure[] = [];
      const bare = await benchStore({ seconds: 3, postgresUrl: hasPostgres() ? await freshDatabase() : null });
      const inserts = (engine: 'sqlite' | 'postgres') => ({ name: 'bare inserts', value: bare.find((figure) => figure.engine === engine)?.perSecond ?? Number.NaN });

      const most = await through({}, {});
      figures.push({ what: 'SQLite FULL, sustained', value: most.perSecond, unit: 'messages/s', goal: { sign: '>=', value: 300 }, peer: inserts('sqlite') }, lost('SQLite', most));
      const steady = await through({}, { perSecond: 100 });
      figures.push({ what: 'SQLite FULL at 100/s, p50', value: steady.p50Ms, unit: 'ms' }, { what: 'SQLite FULL at 100/s, p99', value: steady.p99Ms, unit: 'ms', goal: { sign: '<=', value: 50 } });
      const slow = await through({ LOA_BENCH_COMMIT_DELAY_MS: '20' }, { perSecond: 50 });
      figures.push({ what: 'with 20 ms on each commit at 50/s, p99', value: slow.p99Ms, unit: 'ms', goal: { sign: '<=', value: 400 } });
      if (hasPostgres()) {
        const server = await through({ DATABASE_URL: await freshDatabase() }, {});
        figures.push({ what: 'PostgreSQL, sustained', value: server.perSecond, unit: 'messages/s', goal: { sign: '>=', value: 200 }, peer: inserts('postgres') }, lost('PostgreSQL', server));
      }
      return figures;
    } finally {
      await machine.stop();
    }
  },
};

async function through(env: Record<string, string>, rate: { perSecond?: number }): Promise<LoadResult> {
  const station = await startStation(env);
  const text = (i: number): string => QUESTIONS[i % QUESTIONS.length] ?? '';
  await load({ url: station.url, seconds: 2, connections: 16, residents: RESIDENTS, text });
  const result = await load({ url: station.url, seconds: SECONDS, connections: 32, residents: RESIDENTS, text, ...rate });
  await station.stop();
  return result;
}

function lost(engine: string, result: LoadResult): Figure {
  return { what: `${engine}, messages without an answer`, value: result.failed, unit: 'messages', goal: { sign: '<=', value: 0 } };
}
