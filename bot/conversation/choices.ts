import type { Button } from '#bot/channels/channel.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { TextKey } from '#locales/texts.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { Reply } from './turn.ts';

/** Choices as numbered lines, which every channel and every phone can answer; buttons come on top where there are any. */
export function choiceReply(deps: Pick<ConverseDeps, 'texts'>, lang: Lang, buttons: Button[], leadKey: TextKey = 'chat:choices.lead'): Reply {
  const lead = deps.texts.say(lang, leadKey);
  return {
    text: [lead, ...buttons.map((button, i) => deps.texts.say(lang, 'chat:choices.line', { number: i + 1, label: button.label })), deps.texts.say(lang, 'chat:choices.byNumber')].join('\n'),
    lang: deps.texts.langOf(lang, leadKey),
    cardId: null,
    buttons,
    layout: { form: 'choices', lead },
    priority: 'reply',
  };
}

/**
 * The value that a typed number ("2", "2.") or a typed label chooses, or null when the words are something else.
 * `numberWords` are the words that may stand before the number ("số 2"), separated by `|`.
 */
export function chosenValue(choices: Button[], text: string, numberWords: string): string | null {
  const typed = text.trim().toLowerCase();
  const number = new RegExp(`^(?:(?:${numberWords})\\s*)?(\\d{1,2})\\s*[.)]?$`, 'u').exec(typed);
  if (number !== null) return choices[Number(number[1]) - 1]?.value ?? null;
  return choices.find(({ label }) => isLabel(label.toLowerCase(), typed))?.value ?? null;
}

/** A label has its Vietnamese in brackets for those who read another language: the whole is understood, and either half. */
function isLabel(label: string, typed: string): boolean {
  return label === typed || label.startsWith(`${typed} (`) || (typed !== '' && label.endsWith(` (${typed})`));
}
