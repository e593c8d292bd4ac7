import type { Lang } from '#knowledge/lang.ts';
import type { TextKey, Values } from '#locales/texts.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { Reply } from './turn.ts';

/** One interface text as a reply, in the resident's language where it exists. */
export function plainReply(deps: Pick<ConverseDeps, 'texts'>, lang: Lang, key: TextKey, values: Values = {}): Reply {
  return {
    text: deps.texts.say(lang, key, values),
    lang: deps.texts.langOf(lang, key),
    cardId: null,
    buttons: [],
    layout: { form: 'plain' },
    priority: 'reply',
  };
}
