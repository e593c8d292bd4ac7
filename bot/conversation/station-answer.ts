import { dayOf, readableDay } from '#knowledge/day.ts';
import type { Lang } from '#knowledge/lang.ts';
import { spokenForm } from './aloud.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { Turn } from './turn.ts';

/**
 * What somebody of the station has already answered to this very question, with their name and day, until it is a card.
 * Only where no card was sure; null when the station has said nothing to it.
 */
export function stationTurn(deps: ConverseDeps, lang: Lang, text: string, forwarded: boolean, nowMs: number): Turn | null {
  const known = deps.stationAnswer?.(text, forwarded, lang) ?? null;
  if (known === null) return null;
  const lead = deps.texts.say(lang, 'chat:station.answered', { name: known.name, title: known.title, day: readableDay(dayOf(known.atMs)) });
  const spoken = known.voice == null ? null : deps.voices?.find(known.voice, lang, nowMs) ?? null;
  const written = deps.knowledge().identify(known.answer).lang === lang ? lang : 'vi';
  const buttons = [{ label: deps.texts.say(lang, 'chat:button.wrong'), value: 'feedback:wrong' }];
  return {
    replies: [{ text: `${lead}\n${known.answer}`, lang: written, cardId: null, buttons, layout: { form: 'person', name: known.name, role: known.title, body: known.answer }, priority: 'reply', ...(spoken === null ? {} : { voice: spokenForm(spoken) }) }],
    effects: [{ kind: 'context', context: { openQuestion: text, choices: buttons, atMs: nowMs } }],
    judgement: null,
  };
}
