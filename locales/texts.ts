import i18next from 'i18next';
import type { Lang } from '#knowledge/lang.ts';
import bdqChat from './bdq/chat.json' with { type: 'json' };
import enChat from './en/chat.json' with { type: 'json' };
import jraChat from './jra/chat.json' with { type: 'json' };
import viChat from './vi/chat.json' with { type: 'json' };
import viCli from './vi/cli.json' with { type: 'json' };
import viConsole from './vi/console.json' with { type: 'json' };
import viPoster from './vi/poster.json' with { type: 'json' };
import viSettings from './vi/settings.json' with { type: 'json' };
import viTelegram from './vi/telegram.json' with { type: 'json' };
import viVaccination from './vi/vaccination.json' with { type: 'json' };
import viWeb from './vi/web.json' with { type: 'json' };
import viZalo from './vi/zalo.json' with { type: 'json' };

/**
 * Every text that a person reads, by key. `vi` is whole; the others fall back to it text by text, and `say` tells
 * which language it really answered in, so that a Vietnamese sentence is never labelled Jrai.
 */

const vi = { chat: viChat, cli: viCli, console: viConsole, poster: viPoster, settings: viSettings, telegram: viTelegram, vaccination: viVaccination, web: viWeb, zalo: viZalo } as const;

type Leaves<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : Leaves<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** A text's name: `chat:passed.lead`. A name that `vi` does not have does not compile. */
export type TextKey = { [N in keyof typeof vi]: `${N}:${Leaves<(typeof vi)[N]>}` }[keyof typeof vi];

export type Values = Record<string, string | number>;

export type Texts = {
  /** The text in `lang`, or in Vietnamese where `lang` lacks it. */
  say: (lang: Lang, key: TextKey, values?: Values) => string;
  /** The language in which `say` would really answer. */
  langOf: (lang: Lang, key: TextKey) => Lang;
};

/** Loads the texts once. Dates and numbers are formatted before they come in: Intl does not know jra and bdq. */
export async function createTexts(): Promise<Texts> {
  const instance = i18next.createInstance();
  await instance.init({
    lng: 'vi',
    resources: { vi, jra: { chat: jraChat }, bdq: { chat: bdqChat }, en: { chat: enChat } },
    ns: Object.keys(vi),
    defaultNS: 'chat',
    fallbackLng: { jra: ['vi'], bdq: ['vi'], en: ['vi'], default: ['vi'] },
    returnEmptyString: false,
    // Chat texts go to Zalo, Telegram and Hono's html, which escapes by itself.
    interpolation: { escapeValue: false },
  });
  return {
    say: (lang, key, values) => instance.t(key, { lng: lang, ...values }),
    langOf: (lang, key) => (instance.exists(key, { lngs: [lang], fallbackLng: false }) ? lang : 'vi'),
  };
}
