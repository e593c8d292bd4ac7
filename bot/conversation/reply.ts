import type { Piece } from '#bot/channels/channel.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { TextKey, Values } from '#locales/texts.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { Reply } from './turn.ts';

/** One interface text as a message, in the resident's language where it exists. */
export function plainPiece(deps: Pick<ConverseDeps, 'texts'>, lang: Lang, key: TextKey, values: Values = {}): Piece {
  return { text: deps.texts.say(lang, key, values), lang: deps.texts.langOf(lang, key), cardId: null, buttons: [], layout: { form: 'plain' } };
}

/** The same as a reply of a turn. */
export function plainReply(deps: Pick<ConverseDeps, 'texts'>, lang: Lang, key: TextKey, values: Values = {}): Reply {
  return { ...plainPiece(deps, lang, key, values), priority: 'reply' };
}

/** What a resident is told when the program itself failed at their message; a ticket goes with it. */
export function apology(deps: Pick<ConverseDeps, 'texts' | 'place'>, lang: Lang): Piece {
  return plainPiece(deps, lang, 'chat:trouble.apology', { phone: deps.place.station.phone });
}
