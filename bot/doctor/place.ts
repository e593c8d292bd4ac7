import type { Tx } from '#bot/store/schema.ts';
import { lookAtRoster, NUMBERS_NEEDED } from '#bot/tickets/roster.ts';
import { readableDay } from '#knowledge/day.ts';
import type { Place } from '#knowledge/place.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

/** The invented numbers of the sample begin so; nobody has them. */
const INVENTED = /^0900000\d{3}$/;

export function examinePlace(place: Place): Finding[] {
  const about = place.sample ? wrong('place', 'doctor:place.sample') : ok('place', 'doctor:place.own', { station: place.station.name });
  const numbers = [...Object.values(place.duty), place.station.phone, place.police.phone].map((phone) => phone.replace(/\D/g, ''));
  const invented = numbers.filter((number) => INVENTED.test(number)).length;
  if (invented > 0) return [about, wrong('duty', 'doctor:duty.invented', { count: invented })];
  const different = new Set(Object.values(place.duty).map((phone) => phone.replace(/\D/g, ''))).size;
  return [about, different < 4 ? warning('duty', 'doctor:duty.same', { count: different }) : ok('duty', 'doctor:duty.fine')];
}

/** The roster of the coming seven days. */
export async function examineDuty(tx: Tx, nowMs: number): Promise<Finding[]> {
  const look = await lookAtRoster(tx, nowMs);
  if (!look.enough) return [warning('roster', 'doctor:roster.few', { count: look.numbers, needed: NUMBERS_NEEDED })];
  const [gap] = look.gaps;
  return [gap === undefined ? ok('roster', 'doctor:roster.fine') : warning('roster', 'doctor:roster.gaps', { count: look.gaps.length, day: readableDay(gap.day) })];
}
