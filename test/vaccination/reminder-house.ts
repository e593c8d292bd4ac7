import type { Effect } from '#bot/conversation/turn.ts';
import { applyEffects } from '#bot/residents/effects.ts';
import { addChild, type Child } from '#bot/store/children.ts';
import { recordConsent } from '#bot/store/consents.ts';
import { changePerson, personAt, personById, type Person } from '#bot/store/people.ts';
import { putSession } from '#bot/store/sessions.ts';
import type { Store } from '#bot/store/store.ts';
import type { RemindingDeps } from '#bot/vaccination/reminding.ts';
import { createScheduler, givenOnTime } from '#bot/vaccination/schedule.ts';
import { sessionId, type Session } from '#bot/vaccination/sessions.ts';
import type { Say } from '#bot/vaccination/texts.ts';
import type { Day } from '#knowledge/day.ts';
import { loadScheduleTable } from '#knowledge/immunisation/table.ts';
import { createTexts } from '#locales/texts.ts';

/** A station on a store, with children to be reminded of; reminders in the sample place's own words. */

const read = await loadScheduleTable();
if (!read.ok) throw new Error(JSON.stringify(read.faults));
export const table = read.table;
const texts = await createTexts();
const say: Say = (key, values) => texts.say('vi', `vaccination:${key}`, values);

export function reminding(store: Store): RemindingDeps {
  return { store, schedule: createScheduler(table, []), table, station: { name: 'Trạm Y tế xã Ia Mẫu', phone: '0900 000 000' }, told: (_lang, make) => make({ say, lang: 'vi' }) };
}

/** A session of the whole commune unless villages are named. */
export function session(day: Day, more: Partial<Session> = {}): Session {
  const fromMinute = more.fromMinute ?? 450;
  const place = more.place ?? 'Trạm Y tế';
  return {
    id: sessionId(day, fromMinute, place), day, fromMinute, toMinute: 630, place, mapUrl: null, villages: [], who: '',
    vaccines: [{ text: '5 trong 1', rows: ['penta1', 'penta2', 'penta3'] }], bring: [], placesLeft: null, note: null, state: 'planned', ...more,
  };
}

export async function publish(store: Store, ...sessions: Session[]): Promise<void> {
  await store.write(async (tx) => {
    for (const each of sessions) await putSession(tx, each);
  });
}

/** A parent who agreed, with children; on time so far as of `today`, unless told otherwise. */
export async function parent(store: Store, address: string, today: Day, children: (Partial<Child> & { birth: Day })[], villageId: string | null = 'plei-mau'): Promise<Person> {
  return store.write(async (tx) => {
    const person = await personAt(tx, 'telegram', address);
    await recordConsent(tx, person.id, { purpose: 'reminders', given: true, textVersion: 'v1' });
    await changePerson(tx, person.id, { villageId, lastInboundMs: tx.nowMs });
    for (const child of children) await addChild(tx, person, { nickname: 'Bi', given: givenOnTime(table, child.birth, today), lateTold: [], ...child });
    return person;
  });
}

/** What the person does, as a turn of conversation would write it. */
export async function act(store: Store, person: Person, ...effects: Effect[]): Promise<void> {
  await store.write(async (tx) => {
    const now = await personById(tx, person.id);
    if (now === null) throw new Error('the person is gone');
    const { change } = await applyEffects(tx, now, effects, null);
    await changePerson(tx, person.id, { lang: now.lang, ...change });
  });
}
