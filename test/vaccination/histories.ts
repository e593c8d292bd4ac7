import { addMonths, dayFrom, daysOf } from '#bot/vaccination/calendar.ts';
import type { Given } from '#bot/vaccination/schedule.ts';
import { addDays, type Day } from '#knowledge/day.ts';

/** Twenty histories that families tell, by the child's birth: on time, late, in part, wrong, forgotten. */
export function historiesOf(birth: Day): Given[][] {
  const at = (months: number, days = 0): Day => addDays(dayFrom(addMonths(daysOf(birth), months)), days);
  const g = (id: string, on: Day | null): Given => ({ id, on });
  const firstYear = [g('hepb0', birth), g('bcg', at(0, 12)), g('penta1', at(2)), g('opv1', at(2)), g('penta2', at(3)), g('opv2', at(3)), g('penta3', at(4)), g('opv3', at(4)), g('ipv1', at(5)), g('ipv2', at(9)), g('mcv1', at(9))];
  return [
    [],
    [g('hepb0', birth), g('bcg', at(0, 20))],
    [g('penta1', at(2)), g('opv1', at(2))],
    [g('penta1', null), g('opv1', null)],
    [g('penta2', at(3, 3)), g('opv2', at(3, 17))],
    firstYear,
    [...firstYear, g('je1', at(12)), g('je2', at(12, 8)), g('mr', at(18)), g('dtp4', at(18))],
    firstYear.map((dose) => g(dose.id, null)),
    [g('penta3', null), g('opv3', null), g('ipv2', null)],
    [g('penta1', at(6, 5)), g('opv1', at(6, 5)), g('ipv1', at(8, 2))],
    [g('penta3', at(13)), g('mcv1', at(17, 20))],
    [g('mr', at(14))],
    [g('dtp4', null)],
    [g('measles0', at(7)), g('ipv1', at(5))],
    [g('measles0', at(8, 25))],
    [g('je1', at(12)), g('mcv1', null)],
    [g('je2', at(30)), g('penta2', null), g('penta2', at(4))],
    [g('penta1', addDays(birth, -40)), g('mcv1', at(7))],
    [g('penta1', addDays(birth, 9_000)), g('bcg', at(2))],
    [g('rota1', at(2)), g('pcv2', at(4)), g('td7', at(84)), g('nonesuch', null), g('opv2', at(3)), g('opv2', at(5))],
  ];
}

/** Sixty ages in days at which something may change, from birth to nine years. */
export const AGES_IN_DAYS: readonly number[] = [
  0, 1, 2, 3, 28, 29, 30, 31, 32, 58, 59, 60, 61, 62, 63, 89, 90, 91, 92, 93, 119, 121, 122, 123, 150, 151, 152, 153, 182, 183,
  213, 244, 272, 273, 274, 275, 304, 334, 363, 364, 365, 366, 367, 372, 373, 400, 457, 546, 547, 548, 549, 610, 729, 731, 740, 1096, 1826, 2190, 2191, 2600,
];
