import { z } from 'zod';
import type { Button, Piece } from '#bot/channels/channel.ts';
import type { KeptPicture } from '#bot/store/campaign-pictures.ts';
import type { FrozenPieces } from '#bot/store/forms.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { CampaignKind } from './kinds.ts';
import type { CampaignPorts } from './ports.ts';
import { templateOf } from './template.ts';

/** Longest text of an announcement: what a person reads standing, and what every channel takes in a message or two. */
export const TEXT_LIMIT = 3000;

const words = z.string().trim().min(1).max(TEXT_LIMIT).transform((text) => text.normalize('NFC'));

/** A version in another language, with what a speaker said of it. Only approved ones are ever sent. */
const versionSchema = z.strictObject({
  text: words,
  status: z.enum(['draft', 'approved']),
  /** Who approved it. */
  by: z.string().min(2).max(100).exactOptional(),
});

/** What is to be said, as staff wrote it. Vietnamese is always there. */
export const contentSchema = z.strictObject({
  vi: words,
  jra: versionSchema.exactOptional(),
  bdq: versionSchema.exactOptional(),
  link: z.url({ protocol: /^https?$/ }).exactOptional(),
  /** A card that the announcement leads to; it ends with the card. */
  cardId: z.string().exactOptional(),
});
export type Content = z.infer<typeof contentSchema>;

/** What goes along with the words of an announcement: its picture, and who reads it aloud in which language. */
export type Along = { picture: KeptPicture | null; voices: Partial<Record<SpokenLang, NonNullable<Piece['voice']>>> };

export const NOTHING_ALONG: Along = { picture: null, voices: {} };

export const SPOKEN_LANGS = ['vi', 'jra', 'bdq'] as const satisfies readonly Lang[];
export type SpokenLang = (typeof SPOKEN_LANGS)[number];

/** Languages other than Vietnamese in which people read this content, or hear it. */
export function approvedLangs(content: Content, along: Along): Extract<Lang, 'jra' | 'bdq'>[] {
  return (['jra', 'bdq'] as const).filter((lang) => content[lang]?.status === 'approved' || along.voices[lang] !== undefined);
}

/**
 * The pieces of each language, as they go out: the words, and a reading aloud behind them where there is one. Whoever
 * speaks a language that has only a voice reads the Vietnamese and hears their own; whoever's language has neither reads
 * the Vietnamese, and in their own language that it is missing. How to stop, and the keys, are in the reader's language
 * under all of these: alone once a speaker has approved them, as drafts beside the Vietnamese before.
 */
export function freeze(content: Content, kind: CampaignKind, along: Along, ports: Pick<CampaignPorts, 'place' | 'texts' | 'beside'> & { clock?: () => number }): FrozenPieces {
  const { place, texts: plain } = ports;
  const form = templateOf(content, ports);
  const pieces = (lang: SpokenLang, text: string, heard: SpokenLang, texts = plain, round = lang): Piece[] => {
    const buttons: Button[] = [
      ...(content.cardId === undefined ? [] : [{ label: texts.say(round, 'chat:button.more'), value: `card:${content.cardId}` }]),
      { label: texts.say(round, 'chat:announcement.refuse'), value: `refuse:${kind}` },
      { label: texts.say(round, 'chat:announcement.stop'), value: 'stop' },
    ];
    const footer = texts.say(round, 'chat:announcement.footer', { station: place.station.name });
    const whole = [text, ...(content.link === undefined ? [] : [content.link]), footer].join('\n\n');
    const words: Piece = {
      text: whole, lang, cardId: content.cardId ?? null, buttons, layout: { form: 'plain' },
      ...(along.picture === null ? {} : { picture: along.picture }),
      ...(form.state === 'ready' ? { template: form.template } : {}),
    };
    const voice = along.voices[heard];
    if (voice === undefined) return [words];
    return [words, { text: texts.say(round, 'chat:announcement.voice'), lang, cardId: null, buttons: [], layout: { form: 'plain' }, voice }];
  };
  const other = (lang: 'jra' | 'bdq'): FrozenPieces[typeof lang] => {
    const version = content[lang];
    const beside: NonNullable<CampaignPorts['beside']> = ports.beside ?? ((_lang, _words, make) => [...make(plain)]);
    if (version?.status === 'approved') return beside(lang, 'own', (texts) => pieces(lang, version.text, lang, texts));
    if (along.voices[lang] !== undefined) return beside(lang, 'vietnamese', (texts) => pieces('vi', content.vi, lang, texts, lang));
    return ports.beside?.(lang, 'vietnamese', (texts) => pieces('vi', content.vi, 'vi', texts, lang));
  };
  const [jra, bdq] = [other('jra'), other('bdq')];
  return { vi: pieces('vi', content.vi, 'vi'), ...(jra === undefined ? {} : { jra }), ...(bdq === undefined ? {} : { bdq }) };
}
