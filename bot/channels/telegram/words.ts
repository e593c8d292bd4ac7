import vi from '#locales/vi/telegram.json' with { type: 'json' };
import type { Lang } from '#knowledge/lang.ts';
import type { StaffSaid, TelegramTrouble } from './ports.ts';

/** Words of this channel: the menu of commands, answers to presses, and sentences for the operator. */

export type TelegramWords = typeof vi;

/** Languages that Telegram can show a menu in, by its own codes; every other app language gets the Vietnamese. */
export const MENU_WORDS: Partial<Record<Lang, TelegramWords>> & { vi: TelegramWords } = { vi };

/** The sentence that tells an operator what happened and what to do. */
export function troubleSentence(trouble: TelegramTrouble): string {
  return vi.trouble[trouble];
}

/** What somebody of the station reads at once, under a press or after a code. */
export function staffSentence({ word, name }: StaffSaid): string {
  return vi.staff[word].replaceAll('{{name}}', name);
}
