import type { Button } from '#bot/channels/channel.ts';
import { taps } from '#bot/vaccination/reminder-words.ts';
import { answerReply, choicesReply } from '#bot/vaccination/replies.ts';
import { givenOnTime } from '#bot/vaccination/schedule.ts';
import { shortDay } from '#bot/vaccination/texts.ts';
import { dayOf, isDay, type Day } from '#knowledge/day.ts';
import { fold } from '#knowledge/text.ts';
import { chosenValue } from './choices.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { ConversationContext, Effect, ResidentView, Turn } from './turn.ts';
import { villageButtons, voiceOf } from './vaccination.ts';

/**
 * Being reminded of a child's vaccinations: asked for below the child's schedule, agreed to once, ended by a tap or a
 * word. Kept are the day of birth, a name from home and what was given, for this and nothing else.
 */

/** The words to which a parent agrees (`vaccination:reminder.ask`); kept with the consent. */
const REMINDERS_TEXT_VERSION = 'reminders-1';
const VILLAGE_TEXT_VERSION = 'reminders-village-1';

const NAME_LETTERS = 24;
const NAME_WORDS = 3;

type Dialogue = Extract<NonNullable<ConversationContext['dialogue']>, { kind: 'reminder' }>;

/** "Nhắc tôi khi tới lượt", pressed below a schedule: what for and what is kept, then yes or no. Null when no day of birth is known. */
export function offerReminders(deps: ConverseDeps, resident: ResidentView, nowMs: number): Turn | null {
  const open = resident.context?.dialogue;
  if (open?.kind !== 'child-schedule' || open.birth === undefined || !isDay(open.birth) || (open.earliest !== undefined && open.earliest !== open.birth)) return null;
  const dialogue: Dialogue = { kind: 'reminder', stage: 'consent', birth: open.birth, given: open.given };
  if (resident.consents.includes('reminders')) return askName(deps, resident, { ...dialogue, stage: 'name' }, [], nowMs);
  const voice = voiceOf(deps, resident.lang);
  const buttons = [{ label: voice.say('reminder.yes'), value: 'remind:yes' }, { label: voice.say('reminder.no'), value: 'remind:no' }];
  return { replies: [choicesReply(voice, voice.say('reminder.ask'), buttons)], effects: [kept(dialogue, buttons, nowMs)], judgement: null };
}

/** A press of `remind:…`. Presses that no longer fit what is open do nothing but say so. */
export function reminderTurn(deps: ConverseDeps, resident: ResidentView, argument: string, nowMs: number): Turn {
  const [verb = '', detail = ''] = argument.split(/:(.*)/s);
  const dialogue = resident.context?.dialogue?.kind === 'reminder' ? resident.context.dialogue : null;
  switch (verb) {
    case 'yes':
      if (dialogue === null) return tell(deps, resident, 'child.askBirth');
      return askName(deps, resident, { ...dialogue, stage: 'name' }, [{ kind: 'consent', purpose: 'reminders', given: true, textVersion: REMINDERS_TEXT_VERSION }], nowMs);
    case 'unnamed':
      return dialogue?.stage === 'name' ? keepChild(deps, resident, dialogue, '', nowMs) : tell(deps, resident, 'child.askBirth');
    case 'village':
      return rememberVillage(deps, resident, detail);
    case 'done':
      return vaccinated(deps, resident, Number(detail));
    case 'stop':
      return stopReminders(deps, resident);
    default:
      return { ...tell(deps, resident, 'reminder.notKept'), effects: [{ kind: 'context', context: null }] };
  }
}

/**
 * Typed words that belong to reminders: the child's name when it was just asked for, "đã tiêm" and a bare number after
 * a reminder, "không nhắc nữa" at any time. Null when they are about something else.
 */
export function reminderWords(deps: ConverseDeps, resident: ResidentView, text: string, nowMs: number): Turn | null {
  const dialogue = resident.context?.dialogue;
  const isCommand = (key: 'chat:commandWords.no' | 'chat:commandWords.noReminders' | 'chat:commandWords.vaccinated') => deps.texts.say('vi', key).split('|').includes(plainly(text));
  if (resident.consents.includes('reminders') && isCommand('chat:commandWords.noReminders')) return stopReminders(deps, resident);
  if (dialogue?.kind === 'reminder' && dialogue.stage === 'name') {
    const name = isCommand('chat:commandWords.no') ? '' : nameIn(text);
    return name === null ? null : keepChild(deps, resident, dialogue, name, nowMs);
  }
  if (resident.reminded === undefined) return null;
  if (isCommand('chat:commandWords.vaccinated')) return vaccinated(deps, resident, resident.reminded.reminderId);
  if ((resident.context?.choices ?? []).length > 0) return null;
  const chosen = chosenValue(taps(voiceOf(deps, resident.lang).say, resident.reminded.reminderId), text, deps.texts.say('vi', 'chat:choices.numberWords'));
  return chosen === null ? null : reminderTurn(deps, resident, chosen.replace(/^remind:/u, ''), nowMs);
}

function askName(deps: ConverseDeps, resident: ResidentView, dialogue: Dialogue, effects: Effect[], nowMs: number): Turn {
  const voice = voiceOf(deps, resident.lang);
  const buttons = [{ label: voice.say('reminder.skipName'), value: 'remind:unnamed' }];
  return { replies: [answerReply(voice, voice.say('reminder.askName'), [], '', buttons)], effects: [...effects, kept(dialogue, buttons, nowMs)], judgement: null };
}

/** What was tapped counts as given on an unknown day; with nothing tapped, everything is taken to have been on time so far. */
function keepChild(deps: ConverseDeps, resident: ResidentView, dialogue: Dialogue, nickname: string, nowMs: number): Turn {
  const { birth } = dialogue;
  if (!isDay(birth)) return tell(deps, resident, 'child.askBirth');
  const given = dialogue.given.length > 0 ? dialogue.given.map((id) => ({ id, on: null as Day | null })) : givenOnTime(deps.vaccination.table, birth, dayOf(nowMs));
  const voice = voiceOf(deps, resident.lang);
  const buttons = resident.villageId === null ? villageButtons(deps, 'remind:village') : [];
  const lead = voice.say('reminder.kept', { child: nickname === '' ? voice.say('reminder.unnamed', { day: shortDay(birth) }) : nickname });
  return {
    replies: [buttons.length === 0 ? answerReply(voice, lead, [], '', []) : choicesReply(voice, `${lead}\n${voice.say('reminder.askVillage')}`, buttons)],
    effects: [{ kind: 'child', child: { nickname, birth, given } }, { kind: 'context', context: { choices: buttons, atMs: nowMs } }],
    judgement: null,
  };
}

function rememberVillage(deps: ConverseDeps, resident: ResidentView, villageId: string): Turn {
  const village = deps.place.villages.find((known) => known.id === villageId);
  if (village === undefined) return tell(deps, resident, 'reminder.notKept');
  return {
    ...tell(deps, resident, 'reminder.villageKept', { village: village.name }),
    effects: [{ kind: 'consent', purpose: 'village', given: true, textVersion: VILLAGE_TEXT_VERSION }, { kind: 'village', villageId }],
  };
}

function vaccinated(deps: ConverseDeps, resident: ResidentView, reminderId: number): Turn {
  const effects: Effect[] = Number.isSafeInteger(reminderId) && reminderId > 0 ? [{ kind: 'vaccinated', reminderId }] : [];
  return { ...tell(deps, resident, 'reminder.noted'), effects };
}

function stopReminders(deps: ConverseDeps, resident: ResidentView): Turn {
  return {
    ...tell(deps, resident, 'reminder.stopped'),
    effects: [{ kind: 'consent', purpose: 'reminders', given: false, textVersion: REMINDERS_TEXT_VERSION }, { kind: 'context', context: null }],
  };
}

function tell(deps: ConverseDeps, resident: ResidentView, key: 'child.askBirth' | 'reminder.notKept' | 'reminder.noted' | 'reminder.stopped' | 'reminder.villageKept', values: Record<string, string> = {}): Turn {
  const voice = voiceOf(deps, resident.lang);
  return { replies: [answerReply(voice, voice.say(key, values), [], '', [])], effects: [], judgement: null };
}

function kept(dialogue: Dialogue, choices: Button[], nowMs: number): Effect {
  return { kind: 'context', context: { choices, dialogue, atMs: nowMs } };
}

/** A name is short and has no number, no sign and no question in it; anything else is something the parent wants to say. */
function nameIn(text: string): string | null {
  const name = text.trim().replace(/^(?:bé|cu|con|cháu|be|chau)\s+/iu, '').replace(/[.!]+$/u, '');
  return name.length <= NAME_LETTERS && name.split(/\s+/u).length <= NAME_WORDS && /^[\p{L}\p{M}' -]+$/u.test(name) ? name : null;
}

function plainly(text: string): string {
  return fold(text.toLowerCase()).replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}
