import { tellHeld } from '#bot/conversation/held.ts';
import { openConversation } from '#bot/conversation/open.ts';
import { apology } from '#bot/conversation/reply.ts';
import type { Handling } from '#bot/delivery/handle.ts';
import { loadPlace } from '#knowledge/place.ts';
import { createTexts } from '#locales/texts.ts';

/** The conversation as the sample station holds it, with the whole base. */
export async function realHandling(): Promise<Handling> {
  const texts = await createTexts();
  const loaded = await loadPlace('knowledge/places/mau');
  if (!loaded.ok) throw new Error('the sample place does not load');
  const { converse, deps } = await openConversation({ place: loaded.place, placeDir: 'knowledge/places/mau', texts, nowMs: Date.now() });
  return { converse, apology: (lang) => apology(deps, lang), tellHeld: (held, lang) => tellHeld(deps, held, lang, 90) };
}
