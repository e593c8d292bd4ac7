import type { Aid, Converse, Heard, ResidentView } from '#bot/conversation/turn.ts';
import { mayBeTranscribed } from '#bot/conversation/voice.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { ChannelName, Inbound } from '#bot/channels/channel.ts';
import { questionOf } from '#bot/conversation/converse.ts';
import { CHOOSABLE } from '#knowledge/judge.ts';
import { isOpenToChoice } from '#knowledge/decide.ts';
import { redact, type PrivateWords } from './redact.ts';
import type { Option, Selector } from './selector.ts';

/**
 * What is asked outside before a turn, while no transaction is open and only this one conversation waits. It adds
 * nothing to a turn but an id among the nearest cards, which the guard still has to agree with.
 */
export type Advise = (inbound: Pick<Inbound, 'channel' | 'content' | 'atMs'>, resident: ResidentView) => Promise<Aid>;

export type AdvisorDeps = {
  converse: Converse;
  /** Null where it does not load. */
  selector: () => Promise<Selector | null>;
  knowledge: {
    /** Ids of the nearest cards, the nearest first. */
    nearest: (question: string, limit: number) => string[];
    /** A card's own question; undefined when it may not be shown. */
    question: (id: string, nowMs: number) => string | undefined;
    /** Whether the knowledge itself uses the word, without marks. */
    knows: (foldedWord: string) => boolean;
  };
  hidden: PrivateWords;
  /** Fetches a voice note and has it transcribed; null when either fails. Absent: nothing is transcribed. */
  hear?: (channel: ChannelName, fileId: string, lang: Lang) => Promise<Heard | null>;
};

/** The longest question that leaves: in a long letter, the model is no better than the search. */
const LONGEST = 300;
const LOADING_MS = 4_000;
/** Longer notes are listened to by a person. */
const MOST_SECONDS = 180;

export function createAdvisor(deps: AdvisorDeps): Advise {
  return async (inbound, resident) => {
    const { content } = inbound;
    if (resident.held !== undefined) return {};
    if (content.kind === 'text' && !content.forwarded) return choiceFor(deps, inbound, resident, questionOf(content.text), {});
    if (content.kind !== 'voice' || !deps.hear || !mayBeTranscribed(resident) || (content.durationSeconds ?? 0) > MOST_SECONDS) return {};
    const heard = await deps.hear(inbound.channel, content.fileId, resident.lang);
    return heard === null ? {} : choiceFor(deps, inbound, resident, questionOf(heard.text), { heard });
  };
}

/** Adds the model's choice to what is known already, where it could change the turn. */
async function choiceFor(deps: AdvisorDeps, inbound: Parameters<Advise>[0], resident: ResidentView, question: string, aid: Aid): Promise<Aid> {
  // The turn itself is pure: playing it through shows whether a choice could change it. Danger ends here.
  const alone = deps.converse({ ...inbound, aid }, resident).judgement;
  if (alone === null || !isOpenToChoice(alone)) return aid;
  const cardId = await choose(deps, question, inbound.atMs);
  return cardId === null ? aid : { ...aid, choice: { question, cardId } };
}

async function choose(deps: AdvisorDeps, question: string, nowMs: number): Promise<string | null> {
  const shown = redact(question, deps.knowledge.knows, deps.hidden).slice(0, LONGEST);
  if (!/\p{L}/u.test(shown)) return null;
  const options = deps.knowledge.nearest(question, CHOOSABLE).flatMap((id): Option[] => {
    const asked = deps.knowledge.question(id, nowMs);
    return asked === undefined ? [] : [{ id, question: asked }];
  });
  const selector = await soon(deps.selector());
  return selector === null ? null : selector.choose(shown, options);
}

/** Null when the model is still being loaded: on a slow card that takes longer than a resident would wait. */
async function soon(loading: Promise<Selector | null>): Promise<Selector | null> {
  const late = Promise.withResolvers<null>();
  const waking = setTimeout(() => { late.resolve(null); }, LOADING_MS);
  return Promise.race([loading, late.promise]).finally(() => { clearTimeout(waking); });
}
