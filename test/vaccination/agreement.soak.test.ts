import { expect, test } from 'vitest';
import { loadScheduleTable } from '#knowledge/immunisation/table.ts';
import { agree, BIRTH_DAYS } from './agreement.ts';

test('two implementations agree over four years of birth dates, sixty ages and twenty histories', async () => {
  const read = await loadScheduleTable();
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const all = Array.from({ length: 20 }, (_, history) => history);
  expect(agree(read.table, () => all)).toBe(BIRTH_DAYS * 60 * 20);
});
