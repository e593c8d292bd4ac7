import type { Piece } from '#bot/channels/channel.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { TextKey, Texts, Values } from '#locales/texts.ts';
import { inBoth, missingBlock } from './beside.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { Reply } from './turn.ts';

/** One interface text as a message outside a turn, in the resident's language where it exists, with its draft beside it. */
export function plainPiece(deps: Pick<ConverseDeps, 'texts' | 'place'>, lang: Lang, key: TextKey, values: Values = {}): Piece {
  const make = (texts: Texts): Piece => ({ text: texts.say(lang, key, values), lang: deps.texts.langOf(lang, key), cardId: null, buttons: [], layout: { form: 'plain' } });
  return inBoth(deps, lang, (texts) => [make(texts)])[0] ?? make(deps.texts);
}

/** In which language a person of the station wrote for who chose `lang`, and what is said below where it is not that one. */
export function writtenIn(deps: Pick<ConverseDeps, 'texts' | 'place' | 'knowledge'>, lang: Lang, words: string): { lang: Lang; line: string | null } {
  if (lang === 'vi' || lang === 'en') return { lang: 'vi', line: null };
  if (deps.knowledge().identify(words).lang === lang) return { lang, line: null };
  return { lang: 'vi', line: missingBlock(deps, lang) };
}

/** The same as a reply of a turn; drafts are laid beside the turn as a whole. */
export function plainReply(deps: Pick<ConverseDeps, 'texts' | 'place'>, lang: Lang, key: TextKey, values: Values = {}): Reply {
  return { text: deps.texts.say(lang, key, values), lang: deps.texts.langOf(lang, key), cardId: null, buttons: [], layout: { form: 'plain' }, priority: 'reply', ...recordable(key, values) };
}

/** A text can be read aloud once and for all when nothing is filled into it. */
export function recordable(key: TextKey, values: Values): Pick<Reply, 'aloud'> {
  return isChatKey(key) && Object.keys(values).length === 0 ? { aloud: key } : {};
}

function isChatKey(key: TextKey): key is TextKey & `chat:${string}` {
  return key.startsWith('chat:');
}

/** What a resident is told when the program itself failed at their message; a ticket goes with it. */
export function apology(deps: Pick<ConverseDeps, 'texts' | 'place'>, lang: Lang): Piece {
  return plainPiece(deps, lang, 'chat:trouble.apology', { phone: deps.place.station.phone });
}
