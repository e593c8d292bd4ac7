import type { Button } from '#bot/channels/channel.ts';
import type { Recording } from '#bot/store/recordings.ts';
import { fillPlaceholders } from '#knowledge/place.ts';
import { fold } from '#knowledge/text.ts';
import type { Lang } from '#knowledge/lang.ts';
import { hashOf } from '#knowledge/translation.ts';
import { labelIn } from './beside.ts';
import { dangerText } from './danger.ts';
import type { ConverseDeps } from './knowledge.ts';
import { plainReply } from './reply.ts';
import type { Effect, Reply, ResidentView, Turn } from './turn.ts';

/**
 * Hearing instead of reading: a reply of which a recording exists offers it as its first key, and "đọc cho tôi nghe"
 * brings it. A danger text brings it unasked.
 */

/** A recording that may be heard now. */
export type Voice = Pick<Recording, 'id' | 'address' | 'subject' | 'lang' | 'digest' | 'millis'>;

export type Voices = {
  /** The approved recording of a subject in this language, else in Vietnamese; null when there is none, or the Vietnamese has changed since. */
  find: (subject: string, lang: Lang, nowMs: number) => Voice | null;
  /** What is heard at this address now. */
  at: (address: string, nowMs: number) => Voice | null;
  /** What a recording of this subject reads, in Vietnamese with the place's own values; null when there is no such thing now. */
  reads: (subject: string, nowMs: number) => string | null;
};

export const DANGERS = ['medical', 'poisoning', 'suicide', 'violence'] as const;

/** Voices over the recordings as they are; `recordings` is asked anew each time. */
export function createVoices(deps: ConverseDeps, recordings: () => readonly Recording[]): Voices {
  const reads = (subject: string, nowMs: number): string | null => subjectText(deps, subject, nowMs);
  const holds = (recording: Recording, nowMs: number): boolean => {
    if (recording.state !== 'approved') return false;
    // An announcement is sent with its own recording, and never changes once it is sent.
    // Nor does the voice of an answer that was kept; it goes when the answer does.
    if (recording.subject.startsWith('campaign:') || recording.subject.startsWith('answer:')) return true;
    const text = reads(recording.subject, nowMs);
    return text !== null && hashOf(text) === recording.renders;
  };
  const heard = (wanted: (recording: Recording) => boolean, nowMs: number): Voice | null => recordings().findLast((recording) => wanted(recording) && holds(recording, nowMs)) ?? null;
  return {
    reads,
    find: (subject, lang, nowMs) => heard((known) => known.subject === subject && known.lang === lang, nowMs) ?? heard((known) => known.subject === subject && known.lang === 'vi', nowMs),
    at: (address, nowMs) => heard((known) => known.address === address, nowMs),
  };
}

/** Adds to each reply what can be heard of it; the marks by which it is found do not leave the conversation. */
export function withVoices(deps: ConverseDeps, resident: ResidentView, turn: Turn, nowMs: number): Turn {
  const lang = turn.effects.reduce((known, effect) => (effect.kind === 'language' ? effect.lang : known), resident.lang);
  const offered: Button[] = [];
  const replies = turn.replies.map(({ aloud, ...reply }): Reply => {
    const subject = aloud ?? subjectOf(reply, turn);
    const voice = subject === null ? null : deps.voices?.find(subject, lang, nowMs) ?? null;
    if (voice === null || reply.voice !== undefined) return reply;
    if (reply.layout.form === 'emergency') return { ...reply, voice: spokenForm(voice) };
    const { seconds } = spokenForm(voice);
    const key = { label: seconds === null ? labelIn(deps, lang, 'chat:button.listen') : labelIn(deps, lang, 'chat:button.listenFor', { seconds }), value: `listen:${voice.address}` };
    offered.push(key);
    return { ...reply, buttons: [key, ...reply.buttons] };
  });
  const [last] = offered.slice(-1);
  return last === undefined ? { ...turn, replies } : { ...turn, replies, effects: remembering(turn, resident, last, nowMs) };
}

/** The recording that was asked for, by its key or by words; a plain word when there is none. */
export function listenTurn(deps: ConverseDeps, resident: ResidentView, address: string | null, nowMs: number): Turn {
  const voice = address === null ? lastHeard(deps, resident, nowMs) : deps.voices?.at(address, nowMs) ?? null;
  if (voice === null) return { replies: [plainReply(deps, resident.lang, 'chat:listen.none', { phone: deps.place.station.phone })], effects: [], judgement: null };
  const title = voice.subject.startsWith('card:') ? deps.knowledge().card(voice.subject.slice(5), nowMs)?.question : undefined;
  const reply = title === undefined ? plainReply(deps, resident.lang, 'chat:listen.here') : plainReply(deps, resident.lang, 'chat:listen.card', { title });
  return { replies: [{ ...reply, voice: spokenForm(voice) }], effects: [], judgement: null };
}

/** Whether these words, and nothing else, ask to hear what was just written. */
export function asksToListen(deps: ConverseDeps, text: string): boolean {
  const folded = fold(text.toLowerCase()).replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  return deps.texts.say('vi', 'chat:commandWords.listen').split('|').includes(folded);
}

/** As a piece carries it. */
export function spokenForm(voice: Voice): NonNullable<Reply['voice']> {
  return { id: voice.address, lang: voice.lang, seconds: voice.millis === null ? null : Math.max(1, Math.round(voice.millis / 1000)) };
}

function subjectOf(reply: Omit<Reply, 'aloud'>, turn: Turn): string | null {
  if (reply.layout.form === 'answer' && reply.cardId !== null) return `card:${reply.cardId}`;
  if (reply.layout.form === 'emergency' && turn.judgement?.outcome === 'emergency') return `danger:${turn.judgement.danger}`;
  return null;
}

function lastHeard(deps: ConverseDeps, resident: ResidentView, nowMs: number): Voice | null {
  const { voices } = deps;
  if (voices === undefined) return null;
  const offered = resident.context?.choices?.find(({ value }) => value.startsWith('listen:'));
  const voice = offered === undefined ? null : voices.at(offered.value.slice('listen:'.length), nowMs);
  const last = resident.context?.lastCardId;
  return voice ?? (last === undefined ? null : voices.find(`card:${last}`, resident.lang, nowMs));
}

/** A typed number must mean what stands beside it, so the key joins the choices that are remembered. */
function remembering(turn: Turn, resident: ResidentView, offered: Button, nowMs: number): Effect[] {
  const left = turn.effects.findLast((effect) => effect.kind === 'context');
  const before = left === undefined ? resident.context : left.context;
  const choices = left?.context?.choices ?? [];
  const context: Effect = { kind: 'context', context: { ...before, choices: [offered, ...choices], atMs: nowMs } };
  return [...turn.effects.filter((effect) => effect !== left), context];
}

function subjectText(deps: ConverseDeps, subject: string, nowMs: number): string | null {
  const [kind = '', name = ''] = subject.split(/:(.*)/su);
  switch (kind) {
    case 'card': {
      const card = deps.knowledge().card(name, nowMs);
      return card === undefined ? null : fillPlaceholders(`${card.question}\n${card.answer}`, deps.facts);
    }
    case 'chat':
      return deps.texts.isKey(subject) ? deps.texts.say('vi', subject) : null;
    case 'danger': {
      const danger = DANGERS.find((known) => known === name);
      return danger === undefined ? null : dangerText(deps, danger);
    }
    default:
      return null;
  }
}
