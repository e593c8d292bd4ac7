import { addDays, clockOf, dayOf, epochOf, readableDay, weekdayOf } from '#knowledge/day.ts';
import { isOpen, minutesOf, USUAL_TARGETS, type Hours, type Targets } from '#knowledge/place.ts';
import type { Report } from '#knowledge/matters.ts';
import type { TextKey } from '#locales/texts.ts';
import type { ConverseDeps } from './knowledge.ts';
import { recordable } from './reply.ts';
import type { Reply, ResidentView, TicketKind, Turn } from './turn.ts';

export type HandOver = { kind: TicketKind; question: string; offered: string[]; reasons: string[]; lead: TextKey };

/** Passes a question to the station: the ticket, and the word to the resident with a time and a number to call meanwhile. */
export function passOn(deps: ConverseDeps, resident: ResidentView, handOver: HandOver, nowMs: number): Turn {
  return {
    replies: [passedReply(deps, resident, handOver.lead, nowMs)],
    effects: [
      { kind: 'ticket', ticket: { kind: handOver.kind, domain: domainOf(deps, handOver), priority: 'normal', question: handOver.question, offered: handOver.offered, reasons: handOver.reasons, dueMs: answerDueMs(deps.place.answerHours, nowMs, deps.place.targets) } },
      { kind: 'context', context: null },
    ],
    judgement: null,
  };
}

/** Reports are the health station's, whatever words they come in. */
function domainOf(deps: ConverseDeps, { kind, question, offered }: HandOver): 'health' | 'social' | 'food' | 'order' {
  if (kind !== 'question' && kind !== 'human') return 'health';
  return deps.matters?.domainOf(question, offered) ?? 'health';
}

/** A report that the law puts a clock on, beside whatever the message got as an answer: the ticket, and what to do meanwhile. */
export function withReport(deps: ConverseDeps, resident: ResidentView, turn: Turn, report: Report, text: string, nowMs: number): Turn {
  const passed = passOn(deps, resident, { kind: report, question: text, offered: [], reasons: ['reported'], lead: `chat:passed.${report}` }, nowMs);
  const tickets = passed.effects.filter((effect) => effect.kind === 'ticket');
  const others = turn.effects.filter((effect) => effect.kind !== 'ticket');
  // A question that was only passed on is the report itself.
  const answered = turn.effects.length === others.length;
  return { ...turn, replies: answered ? [...turn.replies, ...passed.replies] : passed.replies, effects: [...tickets, ...others] };
}

/** The instant by which staff answer: soon within the answer hours, otherwise the next morning that they work. */
export function answerDueMs(hours: Hours[], nowMs: number, targets: Targets = USUAL_TARGETS): number {
  if (isOpen(hours, nowMs)) {
    const due = nowMs + targets.inHoursMinutes * 60_000;
    if (isOpen(hours, due)) return due;
  }
  const morning = minutesOf(targets.nextMorning);
  const { hour, minute } = clockOf(nowMs);
  let day = hour * 60 + minute < morning && !isOpen(hours, nowMs) ? dayOf(nowMs) : addDays(dayOf(nowMs), 1);
  for (let tried = 0; tried < 7 && !hours.some((span) => span.weekdays.includes(weekdayOf(day)) && minutesOf(span.to) > morning); tried++) day = addDays(day, 1);
  return epochOf(day, Math.floor(morning / 60), morning % 60);
}

function passedReply(deps: ConverseDeps, resident: ResidentView, leadKey: TextKey, nowMs: number): Reply {
  const say = (key: TextKey, values = {}) => deps.texts.say(resident.lang, key, values);
  const dueMs = answerDueMs(deps.place.answerHours, nowMs, deps.place.targets);
  const { hour, minute } = clockOf(dueMs);
  const lead = say(leadKey);
  const body = [
    say('chat:passed.by', { time: `${hour}:${String(minute).padStart(2, '0')}`, day: readableDay(dayOf(dueMs)) }),
    say('chat:passed.meanwhile', { phone: deps.place.station.phone }),
    // Each draft on its own line: where one is missing the other still stands.
  ].join(deps.drafts === true ? '\n' : ' ');
  return { text: `${lead}\n${body}`, lang: deps.texts.langOf(resident.lang, leadKey), cardId: null, buttons: [], layout: { form: 'passed', lead, body }, priority: 'reply', ...recordable(leadKey, {}) };
}
