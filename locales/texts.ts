import i18next from 'i18next';
import type { Lang } from '#knowledge/lang.ts';
import { hashOf } from '#knowledge/translation.ts';
import type { LaidText } from './laid.ts';
import bdqChat from './bdq/chat.json' with { type: 'json' };
import bdqStatus from './bdq/status.json' with { type: 'json' };
import bdqTelegram from './bdq/telegram.json' with { type: 'json' };
import bdqVaccination from './bdq/vaccination.json' with { type: 'json' };
import bdqWeb from './bdq/web.json' with { type: 'json' };
import bdqZalo from './bdq/zalo.json' with { type: 'json' };
import enChat from './en/chat.json' with { type: 'json' };
import jraChat from './jra/chat.json' with { type: 'json' };
import jraStatus from './jra/status.json' with { type: 'json' };
import jraTelegram from './jra/telegram.json' with { type: 'json' };
import jraVaccination from './jra/vaccination.json' with { type: 'json' };
import jraWeb from './jra/web.json' with { type: 'json' };
import jraZalo from './jra/zalo.json' with { type: 'json' };
import viChat from './vi/chat.json' with { type: 'json' };
import viCheck from './vi/check.json' with { type: 'json' };
import viCli from './vi/cli.json' with { type: 'json' };
import viConsole from './vi/console.json' with { type: 'json' };
import viDoctor from './vi/doctor.json' with { type: 'json' };
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

const vi = { chat: viChat, check: viCheck, cli: viCli, console: viConsole, doctor: viDoctor, poster: viPoster, settings: viSettings, telegram: viTelegram, vaccination: viVaccination, web: viWeb, zalo: viZalo } as const;

type Leaves<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : Leaves<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** A text's name: `chat:passed.lead`. A name that `vi` does not have does not compile. */
export type TextKey = { [N in keyof typeof vi]: `${N}:${Leaves<(typeof vi)[N]>}` }[keyof typeof vi];

/** What a speaker has said of each text; a text that is not listed counts as a draft. */
const STATUS: Record<'jra' | 'bdq', Record<string, { status: string; of: string } | undefined>> = { jra: jraStatus, bdq: bdqStatus };

export type Values = Record<string, string | number>;

export type Texts = {
  /** The text in `lang`, or in Vietnamese where `lang` lacks it or no speaker has approved it. */
  say: (lang: Lang, key: TextKey, values?: Values) => string;
  /** The language in which `say` would really answer. */
  langOf: (lang: Lang, key: TextKey) => Lang;
  /** What stands in `lang` without a speaker's approval: to be shown beside the Vietnamese, never instead of it. */
  draft: (lang: Lang, key: TextKey, values?: Values) => string | null;
  /** From now on these texts stand in place of the files', and no others. */
  layOver: (laid: readonly LaidText[]) => void;
  /** Whether there is a text of this name. */
  isKey: (name: string) => name is TextKey;
};

/** Loads the texts once. Dates and numbers are formatted before they come in: Intl does not know jra and bdq. */
export async function createTexts(): Promise<Texts> {
  const instance = i18next.createInstance();
  await instance.init({
    lng: 'vi',
    resources: { vi, jra: { chat: jraChat, telegram: jraTelegram, vaccination: jraVaccination, web: jraWeb, zalo: jraZalo }, bdq: { chat: bdqChat, telegram: bdqTelegram, vaccination: bdqVaccination, web: bdqWeb, zalo: bdqZalo }, en: { chat: enChat } },
    ns: Object.keys(vi),
    defaultNS: 'chat',
    fallbackLng: { jra: ['vi'], bdq: ['vi'], en: ['vi'], default: ['vi'] },
    returnEmptyString: false,
    // Chat texts go to Zalo, Telegram and Hono's html, which escapes by itself.
    interpolation: { escapeValue: false },
  });
  let over = new Map<string, LaidText>();
  const laidAt = (lang: Lang, key: TextKey): LaidText | undefined => (over.size === 0 ? undefined : over.get(`${lang} ${key}`));
  const rendered = (key: TextKey): string => {
    const [namespace = '', name = ''] = key.split(':');
    return hashOf(String(instance.getResource('vi', namespace, name)));
  };
  const exists = (lang: Lang, key: TextKey): boolean => laidAt(lang, key) !== undefined || instance.exists(key, { lngs: [lang], fallbackLng: false });
  /** An approval holds as long as the Vietnamese that was approved; afterwards the text is not shown until somebody looks again. */
  const standing = (lang: Lang, key: TextKey): 'approved' | 'draft' | 'stale' => {
    if (lang !== 'jra' && lang !== 'bdq') return 'approved';
    const laid = laidAt(lang, key);
    if (laid !== undefined) return laid.of !== rendered(key) ? 'stale' : laid.approval === null ? 'draft' : 'approved';
    const status = STATUS[lang][key];
    if (status?.status !== 'approved') return 'draft';
    return status.of === rendered(key) ? 'approved' : 'stale';
  };
  const langOf = (lang: Lang, key: TextKey): Lang => (lang === 'vi' || exists(lang, key) && standing(lang, key) === 'approved' ? lang : 'vi');
  const textIn = (lang: Lang, key: TextKey, values: Values = {}): string => {
    const laid = laidAt(lang, key);
    return laid === undefined ? instance.t(key, { lng: lang, ...values }) : instance.services.interpolator.interpolate(laid.text, values, lang, {});
  };
  return {
    say: (lang, key, values) => textIn(langOf(lang, key), key, values),
    langOf,
    layOver: (laid) => {
      over = new Map(laid.filter(({ key }) => !key.startsWith('card:')).map((text) => [`${text.lang} ${text.key}`, text]));
    },
    isKey: (name): name is TextKey => instance.exists(name, { lngs: ['vi'], fallbackLng: false }),
    draft: (lang, key, values) => (exists(lang, key) && standing(lang, key) === 'draft' ? textIn(lang, key, values) : null),
  };
}
