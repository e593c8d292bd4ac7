import { z } from 'zod';
import type { Button, Piece } from '#bot/channels/channel.ts';
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
  /** Files of this machine: a picture for all, a reading aloud for each language. */
  picture: z.string().exactOptional(),
  voice: z.strictObject({ vi: z.string().exactOptional(), jra: z.string().exactOptional(), bdq: z.string().exactOptional() }).exactOptional(),
  link: z.url({ protocol: /^https?$/ }).exactOptional(),
  /** A card that the announcement leads to; it ends with the card. */
  cardId: z.string().exactOptional(),
});
export type Content = z.infer<typeof contentSchema>;

/** Languages other than Vietnamese in which people read this content. */
export function approvedLangs(content: Content): Extract<Lang, 'jra' | 'bdq'>[] {
  return (['jra', 'bdq'] as const).filter((lang) => content[lang]?.status === 'approved');
}

/** The pieces of each language, as they go out: the words, and a reading aloud behind them where there is one. */
export function freeze(content: Content, kind: CampaignKind, ports: Pick<CampaignPorts, 'place' | 'texts'> & { clock?: () => number }): FrozenPieces {
  const { place, texts } = ports;
  const form = templateOf(content, ports);
  const pieces = (lang: 'vi' | 'jra' | 'bdq', text: string): Piece[] => {
    const buttons: Button[] = [
      ...(content.cardId === undefined ? [] : [{ label: texts.say(lang, 'chat:button.more'), value: `card:${content.cardId}` }]),
      { label: texts.say(lang, 'chat:announcement.refuse'), value: `refuse:${kind}` },
      { label: texts.say(lang, 'chat:announcement.stop'), value: 'stop' },
    ];
    const footer = texts.say(lang, 'chat:announcement.footer', { station: place.station.name });
    const whole = [text, ...(content.link === undefined ? [] : [content.link]), footer].join('\n\n');
    const base: Piece = { text: whole, lang, cardId: content.cardId ?? null, buttons, layout: { form: 'plain' } };
    const worded: Piece = form.state === 'ready' ? { ...base, template: form.template } : base;
    const first = content.picture === undefined ? worded : { ...worded, media: { kind: 'photo' as const, path: content.picture } };
    const voice = content.voice?.[lang];
    if (voice === undefined) return [first];
    const spoken: Piece = { text: texts.say(lang, 'chat:announcement.voice'), lang, cardId: null, buttons: [], layout: { form: 'plain' }, media: { kind: 'voice', path: voice } };
    return [first, spoken];
  };
  return {
    vi: pieces('vi', content.vi),
    ...(content.jra?.status === 'approved' ? { jra: pieces('jra', content.jra.text) } : {}),
    ...(content.bdq?.status === 'approved' ? { bdq: pieces('bdq', content.bdq.text) } : {}),
  };
}
