import { addDays, clockOf, dayOf, epochOf, readableDay, weekdayOf } from '#knowledge/day.ts';
import { isOpen, minutesOf, type Hours } from '#knowledge/place.ts';
import type { TextKey } from '#locales/texts.ts';
import type { ConverseDeps } from './knowledge.ts';
import { draftBeside } from './reply.ts';
import type { Reply, ResidentView, TicketKind, Turn } from './turn.ts';

/** In hours, staff answer within this long; otherwise the next morning that they work. */
const IN_HOURS_MS = 2 * 60 * 60 * 1000;
const NEXT_MORNING_HOUR = 9;

export type HandOver = { kind: TicketKind; question: string; offered: string[]; reasons: string[]; lead: TextKey };

/** Passes a question to the station: the ticket, and the word to the resident with a time and a number to call meanwhile. */
export function passOn(deps: ConverseDeps, resident: ResidentView, handOver: HandOver, nowMs: number): Turn {
  return {
    replies: [passedReply(deps, resident, handOver.lead, nowMs)],
    effects: [
      { kind: 'ticket', ticket: { kind: handOver.kind, domain: 'health', priority: 'normal', question: handOver.question, offered: handOver.offered, reasons: handOver.reasons, dueMs: answerDueMs(deps.place.answerHours, nowMs) } },
      { kind: 'context', context: null },
    ],
    judgement: null,
  };
}

/** The instant by which staff answer, by the place's answer hours. */
export function answerDueMs(hours: Hours[], nowMs: number): number {
  if (isOpen(hours, nowMs)) {
    const due = nowMs + IN_HOURS_MS;
    if (isOpen(hours, due)) return due;
  }
  const { hour } = clockOf(nowMs);
  let day = hour < NEXT_MORNING_HOUR && !isOpen(hours, nowMs) ? dayOf(nowMs) : addDays(dayOf(nowMs), 1);
  for (let tried = 0; tried < 7 && !hours.some((span) => span.weekdays.includes(weekdayOf(day)) && minutesOf(span.to) > NEXT_MORNING_HOUR * 60); tried++) day = addDays(day, 1);
  return epochOf(day, NEXT_MORNING_HOUR);
}

function passedReply(deps: ConverseDeps, resident: ResidentView, leadKey: TextKey, nowMs: number): Reply {
  const say = (key: TextKey, values = {}) => deps.texts.say(resident.lang, key, values);
  const dueMs = answerDueMs(deps.place.answerHours, nowMs);
  const { hour, minute } = clockOf(dueMs);
  const lead = say(leadKey);
  const body = [
    say('chat:passed.by', { time: `${hour}:${String(minute).padStart(2, '0')}`, day: readableDay(dayOf(dueMs)) }),
    say('chat:passed.meanwhile', { phone: deps.place.station.phone }),
  ].join(' ') + draftBeside(deps, resident.lang, [leadKey, 'chat:passed.meanwhile'], { phone: deps.place.station.phone }).map((draft) => `\n\n${draft}`).join('');
  return { text: `${lead}\n${body}`, lang: deps.texts.langOf(resident.lang, leadKey), cardId: null, buttons: [], layout: { form: 'passed', lead, body }, priority: 'reply' };
}
