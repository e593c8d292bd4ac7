import { join } from 'node:path';
import { loadMatters } from '#knowledge/matters.ts';
import type { Pin } from '#bot/outbreak/pins.ts';
import type { Recording } from '#bot/store/recordings.ts';
import { loadReckoning } from '#bot/vaccination/desk.ts';
import type { Session } from '#bot/vaccination/sessions.ts';
import type { Place } from '#knowledge/place.ts';
import type { Understanding } from '#knowledge/understanding.ts';
import type { Texts } from '#locales/texts.ts';
import { createVoices, type Voices } from './aloud.ts';
import { KNOWLEDGE_DIR, sayFacts } from './assemble.ts';
import { createConverse } from './converse.ts';
import type { ConverseDeps } from './knowledge.ts';
import { openKnowledge, type LiveKnowledge, type StaffChanges } from './open-knowledge.ts';
import type { Converse } from './turn.ts';

export type OpenConversation = {
  place: Place;
  /** Folder of the place, for its own cards. */
  placeDir: string;
  texts: Texts;
  nowMs: number;
  /** Word lists and danger signs. @defaultValue those that ship; then a broken file throws */
  understanding?: Understanding;
  /** What staff changed in the base, asked at each refresh. @defaultValue nothing */
  changes?: () => Promise<StaffChanges>;
  /** Published sessions as of now. @defaultValue none */
  sessions?: () => readonly Session[];
  calendarUrl?: (session: Session) => string | null;
  /** What the station has answered to this very question. @defaultValue nothing */
  stationAnswer?: NonNullable<ConverseDeps['stationAnswer']>;
  /** Whether anybody of the station would notice a danger sign now. */
  someoneHears?: () => boolean;
  /** Notices pinned by the head. @defaultValue none */
  pins?: () => readonly Pin[];
  /** Voice notes can be transcribed. @defaultValue false */
  transcribes?: boolean;
  /** Recordings as of now. @defaultValue none */
  recordings?: () => readonly Recording[];
};

/** The conversation of a place with everything it rests on, ready to talk. */
export async function openConversation(options: OpenConversation): Promise<{ converse: Converse; deps: ConverseDeps; knowledge: LiveKnowledge; voices: Voices }> {
  const { place, texts } = options;
  const [knowledge, reckoning, matters] = await Promise.all([openKnowledge(options.placeDir, options.nowMs, options.understanding, options.changes), loadReckoning(place), loadMatters(join(KNOWLEDGE_DIR, 'lexicon'))]);
  const deps: ConverseDeps = {
    knowledge: () => knowledge.current(),
    place,
    facts: sayFacts(place, texts),
    texts,
    matters,
    ...(options.stationAnswer === undefined ? {} : { stationAnswer: options.stationAnswer }),
    ...(options.someoneHears === undefined ? {} : { someoneHears: options.someoneHears }),
    vaccination: { ...reckoning, sessions: options.sessions ?? (() => []), calendarUrl: options.calendarUrl ?? (() => null) },
    pins: options.pins ?? (() => []),
    transcribes: options.transcribes ?? false,
  };
  const voices = createVoices(deps, options.recordings ?? (() => []));
  return { converse: createConverse({ ...deps, voices }), deps, knowledge, voices };
}
