import type { Button } from '#bot/channels/channel.ts';
import type { ConversationContext, Reply } from '#bot/conversation/turn.ts';
import { dayOf, isDay } from '#knowledge/day.ts';
import type { ScheduleTable, Span } from '#knowledge/immunisation/table.ts';
import type { BirthReading, BirthResult, ReadBirth } from './age.ts';
import { addSpan, daysOf } from './calendar.ts';
import { sayAge, scheduleReply } from './child-replies.ts';
import { answerReply, choicesReply, pregnantReply } from './replies.ts';
import { dueIds, givenOnTime, type Given, type ScheduleResult, type Scheduler } from './schedule.ts';
import { sessionFor, type Session } from './sessions.ts';
import { shortDay, type Station, type Voice } from './texts.ts';

/**
 * The talk about a child's schedule as a pure step: birth, said back where it may be read in several ways; then at once
 * what is due; then, who wants, the doses given, by tapping. A press is `vaccine:…`; any step may be typed instead.
 */

export type ChildDialogue = Extract<NonNullable<ConversationContext['dialogue']>, { kind: 'child-schedule' }>;

export type ChildInput = { kind: 'text'; text: string } | { kind: 'press'; argument: string };

export type ChildDeps = {
  voice: Voice;
  station: Station;
  table: ScheduleTable;
  schedule: Scheduler;
  readBirth: ReadBirth;
  /** Published sessions, for "the next session"; empty when none are known. */
  sessions: readonly Session[];
  villageId: string | null;
};

export type ChildStep = {
  reply: Reply;
  /** What the next turn rests on; null ends the talk. */
  dialogue: ChildDialogue | null;
  /** Ids of the rows due now; empty while the birth is not known. With nothing told: the first dose of each vaccine. */
  due: string[];
  /** With nothing told: what this age brings if everything before was given on time. */
  dueIfOnTime: string[];
};

/** One step. A text that is no birth date where none was asked for gives the question for it. */
export function childStep(deps: ChildDeps, dialogue: ChildDialogue | null, input: ChildInput, nowMs: number): ChildStep {
  if (input.kind === 'text') return hear(deps, dialogue, input.text, nowMs);
  const [verb = '', argument = ''] = input.argument.split(/:(.*)/s);
  const reading = dialogue === null ? null : readingOf(dialogue);
  switch (verb) {
    case 'birth': {
      const [birth = '', earliest = birth] = argument.split('~');
      return isDay(birth) && isDay(earliest) && earliest <= birth && birth <= dayOf(nowMs) ? result(deps, { birth, earliest, precision: birth === earliest ? 'day' : 'about' }, null, nowMs) : ask(deps, 'child.askBirth');
    }
    case 'tick':
    case 'given':
    case 'done':
    case 'none':
    case 'ontime':
      return reading === null || dialogue === null ? ask(deps, 'child.askBirth') : tap(deps, dialogue, reading, verb, argument, nowMs);
    default:
      return ask(deps, 'child.askBirth');
  }
}

/** Whether a typed text goes on with the talk: it holds a birth, or the birth was just asked for. */
export function goesOn(deps: Pick<ChildDeps, 'readBirth'>, dialogue: ChildDialogue, text: string, nowMs: number): boolean {
  return tells(deps.readBirth(text, nowMs)) || (dialogue.stage === 'birth' && tells(readAnswer(deps.readBirth, text, nowMs)));
}

function tells({ kind }: BirthResult): boolean {
  return kind !== 'none' && kind !== 'expecting';
}

/** Longer answers than these words say for themselves what they are about: "uống rota 1 tháng trước" is no birth. */
const ANSWER_WORDS = 4;

/** Just asked for the birth, "12-9" is a date. */
function readAnswer(readBirth: ReadBirth, text: string, nowMs: number): BirthResult {
  return text.trim().split(/\s+/).length > ANSWER_WORDS ? { kind: 'none' } : readBirth(`sinh ${text}`, nowMs);
}

function hear(deps: ChildDeps, dialogue: ChildDialogue | null, text: string, nowMs: number): ChildStep {
  const heard = deps.readBirth(text, nowMs);
  const isAsked = dialogue !== null && dialogue.stage !== 'given';
  const birth = heard.kind === 'none' && isAsked ? readAnswer(deps.readBirth, text, nowMs) : heard;
  switch (birth.kind) {
    case 'one': return birth.sure ? result(deps, birth.reading, null, nowMs) : confirm(deps, [birth.reading], nowMs);
    case 'several': return confirm(deps, birth.readings, nowMs);
    case 'ask': return ask(deps, `child.why.${birth.why}`);
    case 'expecting': return { reply: pregnantReply(deps.voice, deps.station, deps.schedule({ who: { kind: 'pregnant' }, given: [], today: dayOf(nowMs) })), dialogue: null, due: [], dueIfOnTime: [] };
    case 'none': return ask(deps, isAsked ? 'child.again' : 'child.askBirth');
  }
}

function ask(deps: ChildDeps, key: Parameters<Voice['say']>[0]): ChildStep {
  return { reply: answerReply(deps.voice, deps.voice.say(key, { phone: deps.station.phone }), [], '', []), dialogue: { kind: 'child-schedule', stage: 'birth', given: [] }, due: [], dueIfOnTime: [] };
}

function confirm(deps: ChildDeps, readings: readonly BirthReading[], nowMs: number): ChildStep {
  const { say } = deps.voice;
  const buttons: Button[] = readings.map((reading) => {
    const values = { day: shortDay(reading.birth), age: sayAge(say, reading.birth, dayOf(nowMs), reading.earliest !== reading.birth) };
    return { label: reading.precision === 'day' ? say('child.choiceDay', values) : say('child.choiceAbout', values), value: `vaccine:birth:${reading.birth}${reading.precision === 'day' ? '' : `~${reading.earliest}`}` };
  });
  const lead = say(readings.length === 1 ? 'child.confirm' : 'child.confirmSeveral');
  return {
    reply: choicesReply(deps.voice, lead, [...buttons, { label: say('child.choiceOther'), value: 'vaccine:restart' }]),
    dialogue: { kind: 'child-schedule', stage: 'birth', given: [] },
    due: [],
    dueIfOnTime: [],
  };
}

/** `told` null: nothing was said of doses. */
function result(deps: ChildDeps, reading: BirthReading, told: string[] | null, nowMs: number): ChildStep {
  const today = dayOf(nowMs);
  const run = (given: Given[]): ScheduleResult => deps.schedule({ who: { kind: 'child', birth: reading.birth }, given, today });
  const now = run((told ?? []).map((id) => ({ id, on: null })));
  const onTime = told === null ? run(givenOnTime(deps.table, reading.birth, today)) : null;
  const due = dueIds(now);
  const dueIfOnTime = onTime === null ? [] : dueIds(onTime);
  const wanted = [...new Set([...dueIfOnTime, ...due])];
  const session = wanted.length === 0 ? null : sessionFor(deps.sessions, deps.villageId, wanted, nowMs);
  return {
    reply: scheduleReply(deps.voice, deps.station, { reading, today, table: deps.table, result: now, onTime, session }),
    dialogue: now.kind === 'rows' ? { kind: 'child-schedule', stage: 'given', birth: reading.birth, ...(reading.precision === 'about' ? { earliest: reading.earliest } : {}), given: told ?? [] } : { kind: 'child-schedule', stage: 'birth', given: [] },
    due,
    dueIfOnTime,
  };
}

function tap(deps: ChildDeps, dialogue: ChildDialogue, reading: BirthReading, verb: 'tick' | 'given' | 'done' | 'none' | 'ontime', argument: string, nowMs: number): ChildStep {
  switch (verb) {
    case 'done': return result(deps, reading, dialogue.given, nowMs);
    case 'none': return result(deps, reading, [], nowMs);
    case 'ontime': return result(deps, reading, givenOnTime(deps.table, reading.birth, dayOf(nowMs)).map((dose) => dose.id), nowMs);
    case 'tick': return offer(deps, dialogue, reading, nowMs);
    case 'given': {
      const isKnown = deps.table.rows.some((row) => row.id === argument && row.audience === 'child');
      return offer(deps, { ...dialogue, given: isKnown ? [...new Set([...dialogue.given, argument])] : dialogue.given }, reading, nowMs);
    }
  }
}

/** The doses whose age has come and that are not told yet, each a button. */
function offer(deps: ChildDeps, dialogue: ChildDialogue, reading: BirthReading, nowMs: number): ChildStep {
  const { say } = deps.voice;
  const now = deps.schedule({ who: { kind: 'child', birth: reading.birth }, given: dialogue.given.map((id) => ({ id, on: null })), today: dayOf(nowMs) });
  const hasReached = (age: Span | undefined) => age !== undefined && addSpan(daysOf(reading.birth), age) <= daysOf(dayOf(nowMs));
  const rows = now.kind === 'rows' ? now.rows : [];
  const open = rows.filter((row) => row.status !== 'given' && row.row.gate === 'open' && hasReached(row.row.age));
  const buttons: Button[] = [
    ...open.map((row) => ({ label: row.row.name, value: `vaccine:given:${row.row.id}` })),
    ...(dialogue.given.length === 0 ? [{ label: say('child.button.onTime'), value: 'vaccine:ontime' }, { label: say('child.button.none'), value: 'vaccine:none' }] : [{ label: say('child.button.done'), value: 'vaccine:done' }]),
  ];
  const told = dialogue.given.map((id) => deps.table.rows.find((row) => row.id === id)?.name ?? id).join('; ');
  const lead = told === '' ? say('child.tickLead') : say('child.tickedLead', { doses: told });
  return { reply: choicesReply(deps.voice, lead, buttons, [say('child.tickImplied')]), dialogue: { ...dialogue, stage: 'given' }, due: [], dueIfOnTime: [] };
}

function readingOf(dialogue: ChildDialogue): BirthReading | null {
  const { birth, earliest = birth } = dialogue;
  if (birth === undefined || earliest === undefined || !isDay(birth) || !isDay(earliest)) return null;
  return { birth, earliest, precision: birth === earliest ? 'day' : 'about' };
}
