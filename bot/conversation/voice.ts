import type { Button } from '#bot/channels/channel.ts';
import type { Judgement } from '#knowledge/judgement.ts';
import type { Lang } from '#knowledge/lang.ts';
import { fold } from '#knowledge/text.ts';
import { dangerTurn } from './danger.ts';
import { passOn } from './handover.ts';
import type { ConverseDeps } from './knowledge.ts';
import { plainReply } from './reply.ts';
import type { Aid, Effect, Reply, ResidentView, Turn } from './turn.ts';

/** A voice note: to a person of the station, or, for who agreed, as written words that are answered like typed ones. */

/** Of the words under which a resident agreed, so that one can show later what they read. */
const VOICE_TEXT_VERSION = 'transcription-1';
/** Languages in which a transcriber can be trusted; a note in another one is listened to by a person. */
const HEARD_LANGS: readonly Lang[] = ['vi', 'en'];

/** Whether this resident's voice may be written down by a machine. */
export function mayBeTranscribed(resident: Pick<ResidentView, 'consents' | 'lang' | 'held'>): boolean {
  return resident.held === undefined && resident.consents.includes('transcription') && HEARD_LANGS.includes(resident.lang);
}

/** `answer` handles words as if they had been typed. */
export function voiceTurn(deps: ConverseDeps, resident: ResidentView, { heard }: Aid, nowMs: number, answer: (text: string) => Turn): Turn {
  if (heard === undefined || !mayBeTranscribed(resident)) {
    const passed = toStaff(deps, resident, nowMs);
    const isAsked = deps.transcribes === true && HEARD_LANGS.includes(resident.lang) && !resident.answered.includes('transcription');
    if (!isAsked) return passed;
    const asked = askVoice(deps, resident, nowMs);
    return { ...passed, replies: [...passed.replies, ...asked.replies], effects: [...passed.effects, ...asked.effects] };
  }
  const echo = plainReply(deps, resident.lang, 'chat:voice.heard', { text: heard.text });
  const alarm = alarmIn(deps, heard.text, resident.lang, nowMs);
  // An alarm comes first, and what was heard below it: a wrong alarm is then seen to be one.
  if (alarm !== null) return withReplies(dangerTurn(deps, resident, alarm, heard.text, nowMs), (replies) => [...replies, echo]);
  const judgement = deps.knowledge().judge(heard.text, { nowMs, lang: resident.lang });
  if (judgement.outcome === 'smalltalk' && judgement.smalltalk === 'noise') return toStaff(deps, resident, nowMs);
  if (heard.unsure) return askHeard(deps, resident, heard.text, nowMs);
  const turn = answer(heard.text);
  return { ...withReplies(turn, (replies) => [echo, ...replies]), effects: turn.effects.map(noted) };
}

/** "Đúng" or "Không phải" under what was heard. */
export function heardTurn(deps: ConverseDeps, resident: ResidentView, right: boolean, nowMs: number, answer: (text: string) => Turn): Turn {
  const open = resident.context?.openQuestion;
  return right && open !== undefined ? answer(open) : toStaff(deps, resident, nowMs);
}

/** Asks whether voice notes may be written down. Silence is no consent. */
export function askVoice(deps: ConverseDeps, resident: ResidentView, nowMs: number): Turn {
  return choice(deps, resident, 'chat:voice.ask', {}, [
    { label: deps.texts.say(resident.lang, 'chat:button.yes'), value: 'transcribe:yes' },
    { label: deps.texts.say(resident.lang, 'chat:button.no'), value: 'transcribe:no' },
  ], { atMs: nowMs });
}

/** The answer to that question, or its withdrawal. */
export function consentVoice(deps: ConverseDeps, resident: ResidentView, given: boolean): Turn {
  return {
    replies: [plainReply(deps, resident.lang, given ? 'chat:voice.on' : 'chat:voice.off')],
    effects: [{ kind: 'consent', purpose: 'transcription', given, textVersion: VOICE_TEXT_VERSION }, { kind: 'context', context: null }],
    judgement: null,
  };
}

/** The wish of a message that is nothing but a word about voice notes; null for any other message. */
export function voiceWish(deps: ConverseDeps, text: string): 'on' | 'off' | null {
  const said = fold(text.toLowerCase()).replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  if (deps.texts.say('vi', 'chat:voice.offWords').split('|').includes(said)) return 'off';
  return deps.transcribes === true && deps.texts.say('vi', 'chat:voice.onWords').split('|').includes(said) ? 'on' : null;
}

function toStaff(deps: ConverseDeps, resident: ResidentView, nowMs: number): Turn {
  return passOn(deps, resident, { kind: 'media', question: '', offered: [], reasons: ['voice'], lead: 'chat:media.passed' }, nowMs);
}

/** A transcriber makes one sentence of several or loses a stop: each part is listened to for danger by itself as well. */
function alarmIn(deps: ConverseDeps, text: string, lang: Lang, nowMs: number): Extract<Judgement, { outcome: 'emergency' }> | null {
  for (const part of [text, ...text.split(/[.!?;,]+/u).filter((sentence) => sentence.trim() !== '')]) {
    const judgement = deps.knowledge().judge(part, { nowMs, lang });
    if (judgement.outcome === 'emergency') return judgement;
  }
  return null;
}

function askHeard(deps: ConverseDeps, resident: ResidentView, text: string, nowMs: number): Turn {
  return choice(deps, resident, 'chat:voice.unsure', { text }, [
    { label: deps.texts.say(resident.lang, 'chat:voice.right'), value: 'heard:yes' },
    { label: deps.texts.say(resident.lang, 'chat:voice.wrong'), value: 'heard:no' },
  ], { openQuestion: text, atMs: nowMs });
}

function choice(deps: ConverseDeps, resident: ResidentView, key: 'chat:voice.ask' | 'chat:voice.unsure', values: { text?: string }, buttons: Button[], context: { openQuestion?: string; atMs: number }): Turn {
  const lead = deps.texts.say(resident.lang, key, values);
  const reply: Reply = {
    ...plainReply(deps, resident.lang, key, values),
    text: [lead, ...buttons.map((button, i) => deps.texts.say(resident.lang, 'chat:choices.line', { number: i + 1, label: button.label }))].join('\n'),
    buttons,
    layout: { form: 'choices', lead },
  };
  return { replies: [reply], effects: [{ kind: 'context', context: { choices: buttons, ...context } }], judgement: null };
}

/** A ticket says that its question was heard, so that whoever answers listens to the note if it reads oddly. */
function noted(effect: Effect): Effect {
  return effect.kind === 'ticket' ? { ...effect, ticket: { ...effect.ticket, reasons: [...effect.ticket.reasons, 'heard'] } } : effect;
}

function withReplies(turn: Turn, change: (replies: Reply[]) => Reply[]): Turn {
  return { ...turn, replies: change(turn.replies) };
}
