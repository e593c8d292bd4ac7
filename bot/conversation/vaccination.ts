import type { Button, Piece } from '#bot/channels/channel.ts';
import type { ReadBirth } from '#bot/vaccination/age.ts';
import { childStep, goesOn, type ChildDeps, type ChildDialogue, type ChildInput } from '#bot/vaccination/child-dialogue.ts';
import { sessionsReply } from '#bot/vaccination/replies.ts';
import type { Scheduler } from '#bot/vaccination/schedule.ts';
import { findSessions, type Session } from '#bot/vaccination/sessions.ts';
import type { Voice } from '#bot/vaccination/texts.ts';
import type { ReadWhen } from '#bot/vaccination/when.ts';
import type { ScheduleTable } from '#knowledge/immunisation/table.ts';
import type { Lang } from '#knowledge/lang.ts';
import { fold } from '#knowledge/text.ts';
import { standingVillages } from '#knowledge/place.ts';
import { inBoth, type Told } from './beside.ts';
import type { ConverseDeps } from './knowledge.ts';
import { plainReply } from './reply.ts';
import type { Effect, Reply, ResidentView, Turn } from './turn.ts';

/** Vaccination as the conversation meets it: when and where, and what a child needs next. */
export type VaccinationDesk = {
  table: ScheduleTable;
  schedule: Scheduler;
  readBirth: ReadBirth;
  readWhen: ReadWhen;
  /** Published sessions as of now, past and cancelled ones too. */
  sessions: () => readonly Session[];
  /** Where the calendar file of a session can be fetched; null when the program does not know its own address. */
  calendarUrl: (session: Session) => string | null;
};

/** The words with which a village is remembered; kept with the consent. */
const VILLAGE_TEXT_VERSION = 'village-1';

/** "Mai làng mình có tiêm không": from the station's calendar, for the village named, remembered, or of the whole commune. */
export function sessionsTurn(deps: ConverseDeps, resident: ResidentView, text: string, nowMs: number): Turn {
  return tellSessions(deps, resident, text, villageNamed(deps, text) ?? resident.villageId, nowMs);
}

/** A village was tapped: the same question again, for it; and, once, whether it may be remembered. */
export function villageTurn(deps: ConverseDeps, resident: ResidentView, villageId: string, nowMs: number): Turn {
  const dialogue = resident.context?.dialogue;
  const turn = tellSessions(deps, resident, dialogue?.kind === 'village' ? dialogue.then : '', villageId, nowMs);
  const village = deps.place.villages.find((known) => known.id === villageId);
  if (village === undefined || resident.villageId === villageId || resident.answered.includes('village')) return turn;

  const lead = deps.texts.say(resident.lang, 'chat:village.remember', { village: village.name });
  const buttons: Button[] = [
    { label: deps.texts.say(resident.lang, 'chat:village.yes'), value: `remember:${villageId}` },
    { label: deps.texts.say(resident.lang, 'chat:village.no'), value: 'remember:no' },
  ];
  const ask: Reply = {
    ...plainReply(deps, resident.lang, 'chat:village.remember', { village: village.name }),
    text: [lead, ...buttons.map((button, i) => deps.texts.say(resident.lang, 'chat:choices.line', { number: i + 1, label: button.label }))].join('\n'),
    buttons,
    layout: { form: 'choices', lead },
  };
  return { ...turn, replies: [...turn.replies, ask], effects: [{ kind: 'context', context: { choices: buttons, atMs: nowMs } }] };
}

/** The answer to "may I remember your village". Silence and anything else is no consent. */
export function rememberTurn(deps: ConverseDeps, resident: ResidentView, answer: string): Turn {
  const village = deps.place.villages.find((known) => known.id === answer);
  const consent: Effect = { kind: 'consent', purpose: 'village', given: village !== undefined, textVersion: VILLAGE_TEXT_VERSION };
  return {
    replies: [plainReply(deps, resident.lang, village === undefined ? 'chat:village.notKept' : 'chat:village.kept', { village: village?.name ?? '' })],
    effects: village === undefined ? [consent] : [consent, { kind: 'village', villageId: village.id }],
    judgement: null,
  };
}

/** One step of the talk about a child; `due` are the rows that are due now, for `ask --json`. */
export function childTurn(deps: ConverseDeps, resident: ResidentView, input: ChildInput, nowMs: number): Turn {
  const open = resident.context?.dialogue;
  const step = childStep(childDeps(deps, resident), open?.kind === 'child-schedule' ? open : null, input, nowMs);
  const context: Effect = { kind: 'context', context: { choices: step.reply.buttons, ...(step.dialogue === null ? {} : { dialogue: step.dialogue }), atMs: nowMs } };
  return { replies: [step.reply], effects: [context], judgement: null, due: step.due };
}

/** Whether typed words go on with an open talk about a child, e.g. a date of birth that was asked for. */
export function continuesChild(deps: ConverseDeps, resident: ResidentView, text: string, nowMs: number): boolean {
  const dialogue: ChildDialogue | null = resident.context?.dialogue?.kind === 'child-schedule' ? resident.context.dialogue : null;
  return dialogue !== null && goesOn({ readBirth: deps.vaccination.readBirth }, dialogue, text, nowMs);
}

function tellSessions(deps: ConverseDeps, resident: ResidentView, text: string, villageId: string | null, nowMs: number): Turn {
  const desk = deps.vaccination;
  const answer = findSessions(desk.sessions(), villageId, desk.readWhen(text, nowMs), nowMs);
  const villages = answer.kind === 'none' ? [] : villageButtons(deps, 'village');
  const reply = sessionsReply({
    voice: voiceOf(deps, resident.lang),
    station: stationOf(deps),
    villageName: (id) => deps.place.villages.find((village) => village.id === id)?.name ?? id,
    calendarUrl: desk.calendarUrl,
  }, answer, villageId, villages);
  return {
    replies: [reply],
    effects: [{ kind: 'context', context: { choices: reply.buttons, dialogue: { kind: 'village', then: text }, atMs: nowMs } }],
    judgement: null,
  };
}

function childDeps(deps: ConverseDeps, resident: ResidentView): ChildDeps {
  const { table, schedule, readBirth, sessions } = deps.vaccination;
  return { voice: voiceOf(deps, resident.lang), station: stationOf(deps), table, schedule, readBirth, sessions: sessions(), villageId: resident.villageId };
}

/** The place's villages as buttons; a press is `<verb>:<village id>`. */
export function villageButtons(deps: ConverseDeps, verb: string): Button[] {
  return standingVillages(deps.place).map((village) => ({ label: village.name, value: `${verb}:${village.id}` }));
}

/** These texts are Vietnamese only so far, and say so: a Vietnamese sentence is never labelled with another language. */
export function voiceOf(deps: Pick<ConverseDeps, 'texts'>, lang: Lang): Voice {
  return { lang: 'vi', say: (key, values) => deps.texts.say(lang, `vaccination:${key}`, values) };
}

/** A piece of this part outside a turn, such as a reminder, with its drafts beside it. */
export function toldIn(deps: Told, lang: Lang, make: (voice: Voice) => Piece): Piece {
  return inBoth(deps, lang, (texts) => [make(voiceOf({ texts }, lang))])[0] ?? make(voiceOf(deps, lang));
}

function stationOf(deps: ConverseDeps): { name: string; phone: string } {
  return { name: deps.place.station.name, phone: deps.place.station.phone };
}

/** The one village of the place that the words name, or null when none or several. */
function villageNamed(deps: ConverseDeps, text: string): string | null {
  const said = ` ${plainly(text)} `;
  const named = deps.place.villages.filter((village) => [village.name, ...village.aliases].some((name) => said.includes(` ${plainly(name)} `)));
  return named.length === 1 ? (named[0]?.id ?? null) : null;
}

function plainly(text: string): string {
  return fold(text.toLowerCase()).replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}
