import { CHANNEL_NAMES, type ChannelName } from '#bot/channels/channel.ts';
import { LANGS, type Lang } from '#knowledge/lang.ts';

/**
 * To whom an announcement goes, as staff write it: terms with a blank between them, all of which must hold; within a
 * term, any of the values behind the sign.
 *
 *     village=plei-mau,thon-thu lang=jra,bdq channel=telegram group=parents seen<30d not-within=12h
 */
export type Audience = {
  /** Village ids; `none` stands for people whose village is not known. Empty: all. */
  villages: string[];
  langs: Lang[];
  channels: ChannelName[];
  groups: string[];
  /** Last contact within so many days. */
  seenWithinDays: number | null;
  /** No contact for so many days. */
  unseenForDays: number | null;
  /** Leaves out who got an announcement within so many hours. */
  notWithinHours: number | null;
};

/** Everyone who agreed to the kind. */
export const EVERYONE: Audience = { villages: [], langs: [], channels: [], groups: [], seenWithinDays: null, unseenForDays: null, notWithinHours: null };

export type AudienceFault = { term: string; why: 'unknown-term' | 'unknown-village' | 'unknown-language' | 'unknown-channel' | 'unknown-group' | 'bad-number' };

export type AudienceResult = { ok: true; audience: Audience } | { ok: false; faults: AudienceFault[] };

export const NO_VILLAGE = 'none';

/** Reads an expression; `known` are the ids that this place has. */
export function parseAudience(text: string, known: { villages: readonly string[]; groups: readonly string[] }): AudienceResult {
  const audience: Audience = structuredClone(EVERYONE);
  const faults: AudienceFault[] = [];
  for (const term of text.normalize('NFC').split(/[\s;]+/).filter((word) => word !== '')) {
    const why = read(audience, term.toLowerCase(), known);
    if (why !== null) faults.push({ term: term.slice(0, 80), why });
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, audience };
}

/** The expression that reads as this audience. */
export function sayAudience(audience: Audience): string {
  const list = (name: string, values: readonly string[]): string[] => (values.length === 0 ? [] : [`${name}=${values.join(',')}`]);
  return [
    ...list('village', audience.villages), ...list('lang', audience.langs), ...list('channel', audience.channels), ...list('group', audience.groups),
    ...(audience.seenWithinDays === null ? [] : [`seen<${audience.seenWithinDays}d`]),
    ...(audience.unseenForDays === null ? [] : [`seen>${audience.unseenForDays}d`]),
    ...(audience.notWithinHours === null ? [] : [`not-within=${audience.notWithinHours}h`]),
  ].join(' ');
}

function read(audience: Audience, term: string, known: { villages: readonly string[]; groups: readonly string[] }): AudienceFault['why'] | null {
  const [, name = '', sign = '', value = ''] = /^([a-z-]+)([=<>])(.+)$/.exec(term) ?? [];
  const values = [...new Set(value.split(',').filter((each) => each !== ''))];
  switch (`${name}${sign}`) {
    case 'village=':
      audience.villages.push(...values);
      return values.every((id) => id === NO_VILLAGE || known.villages.includes(id)) && values.length > 0 ? null : 'unknown-village';
    case 'lang=':
      audience.langs.push(...LANGS.filter((lang) => values.includes(lang)));
      return values.length > 0 && values.every((value) => LANGS.some((lang) => lang === value)) ? null : 'unknown-language';
    case 'channel=':
      audience.channels.push(...CHANNEL_NAMES.filter((channel) => values.includes(channel)));
      return values.length > 0 && values.every((value) => CHANNEL_NAMES.some((channel) => channel === value)) ? null : 'unknown-channel';
    case 'group=':
      audience.groups.push(...values);
      return values.length > 0 && values.every((id) => known.groups.includes(id)) ? null : 'unknown-group';
    case 'seen<':
      audience.seenWithinDays = amount(value, 'd', 3650);
      return audience.seenWithinDays === null ? 'bad-number' : null;
    case 'seen>':
      audience.unseenForDays = amount(value, 'd', 3650);
      return audience.unseenForDays === null ? 'bad-number' : null;
    case 'not-within=':
      audience.notWithinHours = amount(value, 'h', 24 * 365);
      return audience.notWithinHours === null ? 'bad-number' : null;
    default:
      return 'unknown-term';
  }
}

/** A whole number from 1 to `most` with its unit, or null. */
function amount(text: string, unit: 'd' | 'h', most: number): number | null {
  const [, digits] = new RegExp(`^(\\d{1,5})${unit}$`).exec(text) ?? [];
  const number = Number(digits ?? '0');
  return number >= 1 && number <= most ? number : null;
}

/** The villages that an expression names, there or not: what was written once reads again after a village is gone. */
export const villagesIn = (text: string): string[] => [...text.matchAll(/village=(\S+)/g)].flatMap(([, ids = '']) => ids.split(','));
