import { tellHeld } from '#bot/conversation/held.ts';
import { openConversation } from '#bot/conversation/open.ts';
import { apology } from '#bot/conversation/reply.ts';
import type { Handling } from '#bot/delivery/handle.ts';
import { loadPlace, type Place } from '#knowledge/place.ts';
import { createTexts, type Texts } from '#locales/texts.ts';

type Told = { texts: Texts; place: Place };

/** The texts, and the sample station's place. */
export async function sampleTold(): Promise<Told> {
  const loaded = await loadPlace('knowledge/places/mau');
  if (!loaded.ok) throw new Error('the sample place does not load');
  return { texts: await createTexts(), place: loaded.place };
}

/** The conversation as the sample station holds it, with the whole base. */
export async function realHandling(told?: Told): Promise<Handling> {
  const { texts, place } = told ?? await sampleTold();
  const { converse, deps } = await openConversation({ place, placeDir: 'knowledge/places/mau', texts, nowMs: Date.now() });
  return { converse, apology: (lang) => apology(deps, lang), tellHeld: (held, lang) => tellHeld(deps, held, lang, 90) };
}
