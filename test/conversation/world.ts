import { createVoices } from '#bot/conversation/aloud.ts';
import { createConverse } from '#bot/conversation/converse.ts';
import type { Pin } from '#bot/outbreak/pins.ts';
import { loadReckoning } from '#bot/vaccination/desk.ts';
import type { Session } from '#bot/vaccination/sessions.ts';
import { sayFacts } from '#bot/conversation/assemble.ts';
import { VIETNAMESE_ONLY } from '#bot/conversation/knowledge.ts';
import type { ConverseDeps } from '#bot/conversation/knowledge.ts';
import type { Recording } from '#bot/store/recordings.ts';
import type { ConversationContext, Effect, ResidentView, Turn } from '#bot/conversation/turn.ts';
import type { InboundContent } from '#bot/channels/channel.ts';
import { parseCard, type Card } from '#knowledge/card.ts';
import type { Judgement } from '#knowledge/judgement.ts';
import { loadPlace, type Place } from '#knowledge/place.ts';
import { createTexts } from '#locales/texts.ts';

/** Sunday 22 November 2026, 8:00 in Vietnam. */
export const SUNDAY_MS = Date.parse('2026-11-22T08:00:00+07:00');

/** A judgement, as far as a test cares. */
export type Verdict = Judgement extends infer J ? (J extends Judgement ? Omit<J, 'lang' | 'score' | 'reasons'> & { reasons?: string[] } : never) : never;

/** One resident who talks to the sample station, with judgements that the test decides and effects that last. */
export async function talk(verdicts: Record<string, Verdict>, cards: Card[] = [card('epi.free'), card('epi.late')], sessions: readonly Session[] = [], pins: readonly Pin[] = [], recordings: readonly Recording[] = []) {
  const place = await loadPlace('knowledge/places/mau');
  if (!place.ok) throw new Error('the sample place does not load');
  return talkAt(place.place, verdicts, cards, sessions, pins, recordings);
}

export async function talkAt(place: Place, verdicts: Record<string, Verdict>, cards: Card[], sessions: readonly Session[] = [], pins: readonly Pin[] = [], recordings: readonly Recording[] = []) {
  const texts = await createTexts();
  const deps: ConverseDeps = {
    knowledge: () => ({
      judge: (question) => ({ lang: 'vi', score: 1, reasons: ['test'], ...((Object.hasOwn(verdicts, question) ? verdicts[question] : undefined) ?? { outcome: 'smalltalk', smalltalk: 'noise' }) }),
      card: (id) => cards.find((known) => known.id === id),
      ...VIETNAMESE_ONLY,
    }),
    place,
    facts: sayFacts(place, texts),
    texts,
    vaccination: { ...await loadReckoning(place), sessions: () => sessions, calendarUrl: () => null },
    pins: () => pins,
  };
  const converse = createConverse({ ...deps, voices: createVoices(deps, () => recordings) });
  let resident: ResidentView = { lang: 'vi', villageId: null, greeted: false, consents: [], answered: [], context: null };
  let nowMs = SUNDAY_MS;

  const act = (content: InboundContent): Turn => {
    const turn = converse({ content, atMs: nowMs }, resident);
    for (const effect of turn.effects) resident = after(resident, effect);
    return turn;
  };
  return {
    say: (text: string) => act({ kind: 'text', text, forwarded: false }),
    press: (value: string) => act({ kind: 'button', value }),
    act,
    wait: (ms: number) => {
      nowMs += ms;
    },
    at: (iso: string) => {
      nowMs = Date.parse(iso);
    },
    resident: () => resident,
  };
}

function after(resident: ResidentView, effect: Effect): ResidentView {
  switch (effect.kind) {
    case 'context': {
      const context: ConversationContext | null = effect.context;
      return { ...resident, context };
    }
    case 'language':
      return { ...resident, lang: effect.lang };
    case 'village':
      return { ...resident, villageId: effect.villageId };
    case 'language-asked':
      return { ...resident, languagesAsked: { ...resident.languagesAsked, [effect.lang]: effect.times } };
    case 'greeted':
      return { ...resident, greeted: true };
    case 'offered':
      return { ...resident, offered: true };
    case 'group':
      return { ...resident, groups: effect.joined ? [...(resident.groups ?? []), effect.group] : (resident.groups ?? []).filter((group) => group !== effect.group) };
    case 'consent':
      return { ...resident, answered: [...resident.answered, effect.purpose], consents: effect.given ? [...resident.consents, effect.purpose] : resident.consents.filter((purpose) => purpose !== effect.purpose) };
    case 'erase':
      return { lang: 'vi', villageId: null, greeted: false, consents: [], answered: [], context: null };
    case 'ticket':
    case 'held':
    case 'child':
    case 'vaccinated':
    case 'stop':
    case 'export':
      return resident;
  }
}

export function card(id: string, body = 'Không mất tiền. Gọi trạm {{station.phone}} để hỏi ngày.', review = '{ status: sourced }'): Card {
  const result = parseCard(`---
id: ${id}
topic: ${id.split('.')[0] ?? ''}
question: Câu hỏi của thẻ ${id}?
variants: [cách hỏi một, cách hỏi hai, cách hỏi ba, cách hỏi bốn, cách hỏi năm]
sources: [{ name: Nghị định mẫu, date: 2026-05 }]
validFrom: 2026-11-22
validUntil: 2027-11-22
reviewBy: 2027-09-22
review: ${review}
related: []
---
${body}
`);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.card;
}
