import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeFacts, type Place, type Placeholder } from '#knowledge/place.ts';
import type { Texts } from '#locales/texts.ts';

/** The knowledge that ships with the program: cards, word lists, danger signs. */
export const KNOWLEDGE_DIR = fileURLToPath(new URL('../../knowledge', import.meta.url));

/** Folders of cards for a place: the base that ships, then the place's own, whose cards win. */
export function cardFolders(placeDir: string): string[] {
  const own = join(placeDir, 'cards');
  return [join(KNOWLEDGE_DIR, 'cards'), ...(existsSync(own) ? [own] : [])];
}

/** The place's values for the placeholders of cards, in Vietnamese words. */
export function sayFacts(place: Place, texts: Texts): Record<Placeholder, string> {
  const weekday = (day: number) => texts.say('vi', WEEKDAYS[day - 1] ?? 'chat:place.weekdays.1');
  return placeFacts(place, {
    languageName: (lang) => texts.say('vi', `chat:languageName.${lang}`),
    weekdays: (days) => {
      const first = days[0] ?? 1;
      const last = days.at(-1) ?? first;
      const unbroken = days.length > 2 && last - first === days.length - 1;
      return unbroken ? texts.say('vi', 'chat:place.range', { from: weekday(first), to: weekday(last) }) : days.map(weekday).join(', ');
    },
    hours: (days, from, to) => texts.say('vi', 'chat:place.hours', { days, from, to }),
    askStation: (phone) => texts.say('vi', 'chat:place.askStation', { phone }),
  });
}

const WEEKDAYS = ['chat:place.weekdays.1', 'chat:place.weekdays.2', 'chat:place.weekdays.3', 'chat:place.weekdays.4', 'chat:place.weekdays.5', 'chat:place.weekdays.6', 'chat:place.weekdays.7'] as const;
