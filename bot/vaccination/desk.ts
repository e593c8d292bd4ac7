import type { Place } from '#knowledge/place.ts';
import { isDay } from '#knowledge/day.ts';
import { loadScheduleTable, type ScheduleTable } from '#knowledge/immunisation/table.ts';
import { codeOf } from '#knowledge/wanted.ts';
import { createBirthReader, type ReadBirth } from './age.ts';
import { createScheduler, type Scheduler } from './schedule.ts';
import { createWhenReader, type ReadWhen } from './when.ts';

/** What understanding and reckoning need, loaded once at start. */
export type Reckoning = { table: ScheduleTable; schedule: Scheduler; readBirth: ReadBirth; readWhen: ReadWhen };

/** Throws when the table that ships cannot be read: a schedule with holes must not be told. */
export async function loadReckoning(place: Place): Promise<Reckoning> {
  const [loaded, readBirth, readWhen] = await Promise.all([loadScheduleTable(), createBirthReader(), createWhenReader()]);
  if (!loaded.ok) throw new Error(`${loaded.file}: ${loaded.faults.map((fault) => `${fault.field}: ${codeOf(fault.expected)}`).join('; ')}`);
  const switchedOn = place.vaccines.flatMap(({ id, by, on }) => (isDay(on) ? [{ id, by, on }] : []));
  return { table: loaded.table, schedule: createScheduler(loaded.table, switchedOn), readBirth, readWhen };
}
