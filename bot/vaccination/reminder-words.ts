import type { Button, Piece } from '#bot/channels/channel.ts';
import type { RemindedDoses } from '#bot/store/children.ts';
import type { Day } from '#knowledge/day.ts';
import type { ScheduleTable } from '#knowledge/immunisation/table.ts';
import type { KnownChild } from './reminder-choice.ts';
import type { Session } from './sessions.ts';
import { clockText, shortDay, type Say, type Station, type Voice } from './texts.ts';

/** A reminder as the parent reads it: whose turn, where and when, what to bring, and two taps. */

export type ReminderWords = { voice: Voice; station: Station; table: ScheduleTable };

/** For the eve of a session. Days and hours in digits: the languages count their weekdays differently. */
export function sessionReminder(words: ReminderWords, session: Session, children: readonly KnownChild[], doses: RemindedDoses, reminderId: number): Piece {
  const { say } = words.voice;
  const lead = say('reminder.session', { day: shortDay(session.day), from: clockText(session.fromMinute), to: clockText(session.toMinute), place: session.place });
  return piece(words, lead, [...childLines(words, 'reminder.turn', children, doses), say('child.decide'), say('child.notCome', { phone: words.station.phone })], taps(say, reminderId));
}

/** A month after the on-time days ended. `next`: the next session at which one of the doses is given. */
export function lateReminder(words: ReminderWords, children: readonly KnownChild[], doses: RemindedDoses, next: Session | null, reminderId: number): Piece {
  const { say } = words.voice;
  const where = next === null
    ? say('reminder.askStation', { phone: words.station.phone })
    : say('reminder.nextSession', { day: shortDay(next.day), from: clockText(next.fromMinute), to: clockText(next.toMinute), place: next.place });
  return piece(words, say('reminder.lateLead'), [...childLines(words, 'reminder.late', children, doses), say('reminder.goOn'), where, say('child.decide')], taps(say, reminderId));
}

/** A session that people were reminded of is on another day, at another hour or elsewhere. */
export function changedNotice(words: ReminderWords, session: Session): Piece {
  const { say } = words.voice;
  const lead = say('reminder.changed', { day: shortDay(session.day), from: clockText(session.fromMinute), to: clockText(session.toMinute), place: session.place });
  return piece(words, lead, [say('reminder.askStation', { phone: words.station.phone })], []);
}

/** A session that people were reminded of does not take place. */
export function cancelledNotice(words: ReminderWords, session: { day: Day; place: string }): Piece {
  const { say } = words.voice;
  return piece(words, say('reminder.cancelled', { day: shortDay(session.day), place: session.place }), [say('reminder.askStation', { phone: words.station.phone })], []);
}

function childLines(words: ReminderWords, key: 'reminder.turn' | 'reminder.late', children: readonly KnownChild[], doses: RemindedDoses): string[] {
  const { say } = words.voice;
  return doses.flatMap(({ childId, rows }) => {
    const known = children.find((each) => each.id === childId);
    if (known === undefined) return [];
    const names = rows.map((id) => words.table.rows.find((row) => row.id === id)?.name ?? id).join('; ');
    return [say(key, { child: nameOf(say, known), doses: names })];
  });
}

function nameOf(say: Say, { child }: KnownChild): string {
  return child.nickname === '' ? say('reminder.unnamed', { day: shortDay(child.birth) }) : child.nickname;
}

/** What may be tapped, said by number, or written below a reminder. */
export function taps(say: Say, reminderId: number): Button[] {
  return [{ label: say('reminder.done'), value: `remind:done:${reminderId}` }, { label: say('reminder.stop'), value: 'remind:stop' }];
}

function piece(words: ReminderWords, lead: string, lines: string[], buttons: Button[]): Piece {
  const { say } = words.voice;
  const source = say('reminder.source', { station: words.station.name });
  const body = lines.join('\n');
  return { text: [lead, body, source].join('\n\n'), lang: words.voice.lang, cardId: null, buttons, layout: { form: 'answer', lead, body, more: null, source, notice: null } };
}
