import type { Piece } from '#bot/channels/channel.ts';
import { addReminder, changeChild, childrenOf, childrenPage, dropChild, lastRemindedMs, markCancelled, markToldOtherwise, remindedSince, reminderOf, remindersToldOtherwise, remindersOfSession, type ChildOfPerson, type RemindedDoses } from '#bot/store/children.ts';
import { addToOutbox } from '#bot/store/outbox.ts';
import { holdPerson, type Person } from '#bot/store/people.ts';
import type { Tx } from '#bot/store/schema.ts';
import { takeBackUnread } from '#bot/store/sending.ts';
import { sessionsBetween } from '#bot/store/sessions.ts';
import type { Store } from '#bot/store/store.ts';
import { addDays, clockOf, dayOf, epochOf, type Day } from '#knowledge/day.ts';
import type { ScheduleTable } from '#knowledge/immunisation/table.ts';
import type { Lang } from '#knowledge/lang.ts';
import { APART_MS, choose, hasOutgrown, keyOf, sessionsToTell, startOf, toldOf, type Choice, type KnownChild } from './reminder-choice.ts';
import { cancelledNotice, changedNotice, lateReminder, sessionReminder, type ReminderWords } from './reminder-words.ts';
import type { Scheduler } from './schedule.ts';
import { sessionFor, type Session } from './sessions.ts';
import type { Station, Voice } from './texts.ts';

/**
 * Reminders to parents who asked for them. A round looks at every kept child, decides, and writes reminder and message
 * in one transaction under a key that holds for all time; so a round may be killed anywhere, run twice, or run in
 * several processes, and each parent is still reminded once. Consent, night and "Dừng" are judged again when it is sent.
 */
export type RemindingDeps = {
  store: Store;
  schedule: Scheduler;
  table: ScheduleTable;
  station: Station;
  /** Makes a piece in the parent's language, with what stands beside it. */
  told: (lang: Lang, make: (voice: Voice) => Piece) => Piece;
};

export type Round = { session: number; late: number; cancelled: number; changed: number; outgrown: number };

const PAGE = 500;
/** How the keys of messages about a change begin. */
const CHANGED = 'reminder-changed:';
/** People reminded in one commit. */
const TOGETHER = 50;
/** Lateness is nothing for the evening: it is told in these hours. */
const LATE_HOURS = { from: 9, until: 17 } as const;

/** One round at `nowMs`; nothing to do costs one query. */
export async function remind(deps: RemindingDeps, nowMs: number): Promise<Round> {
  const round: Round = { session: 0, late: 0, cancelled: 0, changed: 0, outgrown: 0 };
  const today = dayOf(nowMs);
  const planned = await deps.store.read((tx) => sessionsBetween(tx, today, FAR));
  round.cancelled = await tellCancelled(deps, planned.filter((session) => session.state === 'cancelled' && nowMs < startOf(session)));
  round.changed = await tellChanged(deps, planned.filter((session) => session.state === 'planned' && nowMs < startOf(session)));

  const tell = sessionsToTell(planned, nowMs);
  const { hour } = clockOf(nowMs);
  const isLateHour = hour >= LATE_HOURS.from && hour < LATE_HOURS.until;
  if (tell.length === 0 && !isLateHour) return round;

  const already = await deps.store.read((tx) => remindedSince(tx, nowMs - APART_MS));
  for (let after: string | null = ''; after !== null;) {
    const page: Awaited<ReturnType<typeof childrenPage>> = await deps.store.read((tx) => childrenPage(tx, after ?? '', PAGE));
    const families = byPerson(page.children.filter((each) => !already.has(each.personId)));
    const wanting = families.filter(({ children, villageId }) => choose(deps.schedule, children, villageId, tell, today, isLateHour) !== null || children.some(({ child }) => hasOutgrown(deps.schedule, child, today)));
    for (let at = 0; at < wanting.length; at += TOGETHER) {
      const ids = wanting.slice(at, at + TOGETHER).map((family) => family.personId);
      const done = await deps.store.write(async (tx) => {
        const told: Round = { session: 0, late: 0, cancelled: 0, changed: 0, outgrown: 0 };
        for (const id of ids) await remindPerson(tx, deps, id, { tell, planned, today, isLateHour }, told);
        return told;
      });
      round.session += done.session;
      round.late += done.late;
      round.outgrown += done.outgrown;
    }
    after = page.next;
  }
  return round;
}

export type Reminding = { stop: () => Promise<void> };

/** How often a round is run: a session that is added or cancelled in the evening is noticed soon enough. */
const ROUND_EVERY_MS = 5 * 60_000;

/** Runs rounds until stopped. `onWritten` is called when something waits to be sent. */
export function keepReminding(deps: RemindingDeps, options: { clock: () => number; onWritten: (round: Round) => void; onTrouble: (error: unknown) => void; everyMs?: number }): Reminding {
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;
  const look = (): void => {
    if (isRunning) return;
    isRunning = true;
    running = remind(deps, options.clock()).then((round) => {
      if (round.session + round.late + round.cancelled + round.changed > 0) options.onWritten(round);
    }, options.onTrouble).finally(() => {
      isRunning = false;
    });
  };
  const timer = setInterval(look, options.everyMs ?? ROUND_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

const FAR: Day = '9999-12-31';

type Look = { tell: readonly Session[]; planned: readonly Session[]; today: Day; isLateHour: boolean };

/** Decides anew with the person held, because another process may have reminded them, or they have tapped "Đã tiêm". */
async function remindPerson(tx: Tx, deps: RemindingDeps, personId: string, look: Look, told: Round): Promise<void> {
  const person = await holdPerson(tx, personId);
  if (person?.state !== 'active') return;
  const children: KnownChild[] = [];
  for (const known of await childrenOf(tx, person)) {
    if (!hasOutgrown(deps.schedule, known.child, look.today)) {
      children.push(known);
      continue;
    }
    await dropChild(tx, person.id, known.id);
    told.outgrown += 1;
  }
  const choice = choose(deps.schedule, children, person.villageId, look.tell, look.today, look.isLateHour);
  if (choice === null) return;
  const lastMs = await lastRemindedMs(tx, person.id);
  if (lastMs !== null && tx.nowMs - lastMs < APART_MS) return;
  if (await write(tx, deps, person, children, choice, look)) told[choice.kind] += 1;
}

async function write(tx: Tx, deps: RemindingDeps, person: Person, children: readonly KnownChild[], choice: Choice, look: Look): Promise<boolean> {
  const key = keyOf(person.id, choice);
  const reminderId = await addReminder(tx, person, { key, sessionId: choice.kind === 'session' ? choice.session.id : null, day: choice.kind === 'session' ? choice.session.day : choice.day, doses: choice.doses, told: choice.kind === 'session' ? toldOf(choice.session) : null });
  if (reminderId === null) return false;
  const told = (make: (words: ReminderWords) => Piece): Piece => tellIn(deps, person.lang, make);
  switch (choice.kind) {
    case 'session': {
      const piece = told((words) => sessionReminder(words, choice.session, children, choice.doses, reminderId));
      await addToOutbox(tx, person, [{ kind: 'reminder', piece, dedupeKey: `reminder:${key}`, expiresMs: startOf(choice.session) }]);
      return true;
    }
    case 'late': {
      const rows = choice.doses.flatMap((dose) => dose.rows);
      const piece = told((words) => lateReminder(words, children, choice.doses, sessionFor(look.planned, person.villageId, rows, tx.nowMs), reminderId));
      await addToOutbox(tx, person, [{ kind: 'reminder', piece, dedupeKey: `reminder:${key}`, expiresMs: epochOf(addDays(choice.day, 7)) }]);
      await markTold(tx, person, children, choice.doses);
      return true;
    }
  }
}

async function markTold(tx: Tx, person: Person, children: readonly KnownChild[], doses: RemindedDoses): Promise<void> {
  for (const { childId, rows } of doses) {
    const known = children.find((each) => each.id === childId);
    if (known !== undefined) await changeChild(tx, person, childId, { ...known.child, lateTold: [...known.child.lateTold, ...rows] });
  }
}

/**
 * Whoever was reminded of a session that was changed afterwards is told once what it is now; a reminder that has not gone
 * out is taken back, because it would say what is no longer so. A further change is told again.
 */
async function tellChanged(deps: RemindingDeps, sessions: readonly Session[]): Promise<number> {
  let changed = 0;
  for (const session of sessions) {
    const now = toldOf(session);
    for (;;) {
      const page = await deps.store.read((tx) => remindersToldOtherwise(tx, session.id, now, TOGETHER));
      if (page.length === 0) break;
      changed += await deps.store.write(async (tx) => {
        let here = 0;
        for (const { id, personId, key } of page) {
          const person = await holdPerson(tx, personId);
          if (!await markToldOtherwise(tx, id, now, session.day) || person === null) continue;
          const hasRead = await takeBackUnread(tx, personId, keysOf(key), 'changed');
          const [reminded, children] = [await reminderOf(tx, person, id), await childrenOf(tx, person)];
          if (!hasRead && reminded === null) continue;
          const piece = tellIn(deps, person.lang, (words) => (hasRead || reminded === null ? changedNotice(words, session) : sessionReminder(words, session, children, reminded.doses, id)));
          await addToOutbox(tx, person, [{ kind: 'reminder', piece, dedupeKey: `${CHANGED}${key}:${tx.nowMs}`, expiresMs: startOf(session) }]);
          here += 1;
        }
        return here;
      });
    }
  }
  return changed;
}

/** Whoever was reminded of a session that is now off is told; a reminder that has not gone out is taken back instead. */
async function tellCancelled(deps: RemindingDeps, sessions: readonly Session[]): Promise<number> {
  let told = 0;
  for (const session of sessions) {
    for (;;) {
      const page = await deps.store.read((tx) => remindersOfSession(tx, session.id, TOGETHER));
      if (page.length === 0) break;
      told += await deps.store.write(async (tx) => {
        let here = 0;
        for (const { id, personId, key } of page) {
          const person = await holdPerson(tx, personId);
          if (!await markCancelled(tx, id) || person === null) continue;
          if (!await takeBackUnread(tx, personId, keysOf(key), 'cancelled')) continue;
          await addToOutbox(tx, person, [{ kind: 'reminder', piece: tellIn(deps, person.lang, (words) => cancelledNotice(words, session)), dedupeKey: `reminder-off:${key}`, expiresMs: startOf(session) }]);
          here += 1;
        }
        return here;
      });
    }
  }
  return told;
}

/** How the keys of everything begin that the person was written under this reminder's key. */
function keysOf(key: string): string[] {
  return [`reminder:${key}`, `${CHANGED}${key}:`];
}

function tellIn(deps: RemindingDeps, lang: Lang, make: (words: ReminderWords) => Piece): Piece {
  return deps.told(lang, (voice) => make({ voice, station: deps.station, table: deps.table }));
}

function byPerson(children: readonly ChildOfPerson[]): { personId: string; villageId: string | null; children: KnownChild[] }[] {
  const families = new Map<string, { personId: string; villageId: string | null; children: KnownChild[] }>();
  for (const { personId, villageId, id, child } of children) {
    const family = families.get(personId) ?? { personId, villageId, children: [] };
    family.children.push({ id, child });
    families.set(personId, family);
  }
  return [...families.values()];
}
