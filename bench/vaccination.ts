import { createScheduler, dueIds, type ScheduleInput } from '#bot/vaccination/schedule.ts';
import { addDays } from '#knowledge/day.ts';
import { loadScheduleTable } from '#knowledge/immunisation/table.ts';
import type { Bench } from './figure.ts';

/**
 * Schedules a second: children of every age in days up to three years, with histories of many lengths, on one core.
 * There is no peer to set beside it: what exists computes other countries' tables.
 */

const SCHEDULES_PER_SECOND = 50_000;
const MEASURED_MS = 1_000;

export const bench: Bench = {
  name: 'vaccination',
  run: async () => [{ what: 'child schedules a second, one core', value: await schedulesPerSecond(), unit: '1/s', goal: { sign: '>=', value: SCHEDULES_PER_SECOND } }],
};

async function schedulesPerSecond(): Promise<number> {
  const read = await loadScheduleTable();
  if (!read.ok) throw new Error(`${read.file}: ${JSON.stringify(read.faults)}`);
  const schedule = createScheduler(read.table, []);
  const today = '2026-11-22';
  const inputs: ScheduleInput[] = Array.from({ length: 1_095 }, (_, age) => {
    const birth = addDays(today, -age);
    const given = read.table.rows.slice(0, age % 12).filter((row) => row.audience === 'child').map((row, i) => ({ id: row.id, on: addDays(birth, Math.min(age, i * 20)) }));
    return { who: { kind: 'child', birth }, given, today };
  });
  const measure = () => {
    let count = 0;
    let due = 0;
    const begin = performance.now();
    do {
      for (const input of inputs) due += dueIds(schedule(input)).length;
      count += inputs.length;
    } while (performance.now() - begin < MEASURED_MS);
    if (due === 0) throw new Error('no child was due anything: the benchmark measured nothing');
    return count / ((performance.now() - begin) / 1_000);
  };
  // Once to warm up.
  measure();
  return Math.round(measure());
}
