import type { ChannelName, Piece } from '#bot/channels/channel.ts';
import { addressLine } from '#bot/voices/listen.ts';
import { withAddress } from '#bot/voices/speaking.ts';
import type { CampaignWay } from '#bot/store/tables/campaigns.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Place } from '#knowledge/place.ts';
import type { Texts } from '#locales/texts.ts';
import type { Plan } from './plan.ts';

/**
 * An announcement as each channel will show it, made by the channels' own code: where a text is cut, what becomes of a
 * picture, a voice and buttons, and how long a message may be there.
 */
export type Preview = { channel: ChannelName; lang: Lang; /** Longest text of one message. */ limit: number; messages: PreviewMessage[] };

export type PreviewMessage = {
  kind: 'text' | 'picture' | 'voice' | 'template';
  text: string;
  /** What is to be seen on a picture, in words. */
  alt?: string;
  buttons: string[];
};

export type PreviewPorts = { texts: Texts; place: Pick<Place, 'station'>; publicUrl: string | null };

/** For each channel on which somebody is reached and each language that somebody there may read. The code of a platform is loaded only for it. */
export async function previewsOf({ ways, previews }: Pick<Plan, 'ways' | 'previews'>, ports: PreviewPorts): Promise<Preview[]> {
  const shown: Preview[] = [];
  for (const [way, channel] of Object.entries(CHANNEL_OF)) {
    if (!isWay(way) || ways[way] === 0 || shown.some((each) => each.channel === channel && way !== 'zalo-template')) continue;
    const writer = await WRITERS[channel](ports);
    for (const { lang, pieces } of previews) {
      const template = pieces.find((piece) => piece.template !== undefined)?.template;
      if (way !== 'zalo-template') shown.push({ channel, lang, limit: writer.limit, messages: pieces.flatMap((piece) => writer.messages(piece)) });
      else if (lang === 'vi' && template !== undefined) shown.push({ channel, lang, limit: writer.limit, messages: [{ kind: 'template', text: Object.values(template.data).join('\n'), buttons: [] }] });
    }
  }
  return shown;
}

const CHANNEL_OF = { 'web': 'web', 'telegram': 'telegram', 'zalo-free': 'zalo', 'zalo-paid': 'zalo', 'zalo-template': 'zalo', 'zalo-bot': 'zalo-bot' } as const satisfies Record<CampaignWay, ChannelName>;

const isWay = (name: string): name is CampaignWay => Object.hasOwn(CHANNEL_OF, name);

type Writer = { limit: number; messages: (piece: Piece) => PreviewMessage[] };

const labels = (piece: Piece): string[] => piece.buttons.map((button) => button.label);
const seen = (piece: Piece): { alt?: string } => (piece.picture === undefined ? {} : { alt: piece.picture.alt });

const WRITERS: Record<ChannelName, (ports: PreviewPorts) => Promise<Writer>> = {
  'web': async () => {
    const { WEB_TEXT_LIMIT } = await import('#bot/channels/web/channel.ts');
    return { limit: WEB_TEXT_LIMIT, messages: (piece) => [{ kind: piece.picture !== undefined ? 'picture' : piece.voice === undefined ? 'text' : 'voice', text: piece.text, ...seen(piece), buttons: labels(piece) }] };
  },
  'telegram': async () => {
    const [{ arrange, TEXT_LIMIT }, { labelOf }] = await Promise.all([import('#bot/channels/telegram/render.ts'), import('#bot/channels/telegram/keyboard.ts')]);
    return {
      limit: TEXT_LIMIT,
      messages: (piece) => arrange(piece, { picture: piece.picture !== undefined, sound: piece.voice === undefined ? null : 'voice' }).map(({ kind, part, keys }) => ({
        kind: kind === 'photo' ? 'picture' : kind === 'text' ? 'text' : 'voice', text: part?.text ?? '', ...(kind === 'photo' ? seen(piece) : {}), buttons: keys ? piece.buttons.map((button) => labelOf(button, '')) : [],
      })),
    };
  },
  'zalo': async (ports) => {
    const { buttonsOf, partsOf, TEXT_LIMIT } = await import('#bot/channels/zalo/render.ts');
    return {
      limit: TEXT_LIMIT,
      messages: (piece) => {
        const buttons = buttonsOf(piece).map((button) => button.title);
        // Whether the account takes buttons is only known from its first message, so the numbers stand in the text as well.
        const parts = partsOf(addressed(piece, ports), ports.texts, { numbered: true });
        const picture: PreviewMessage[] = piece.picture === undefined ? [] : [{ kind: 'picture', text: '', alt: piece.picture.alt, buttons: [] }];
        return [...picture, ...parts.map((text, i): PreviewMessage => ({ kind: 'text', text, buttons: i === parts.length - 1 ? buttons : [] }))];
      },
    };
  },
  'zalo-bot': async (ports) => {
    const { partsOf, TEXT_LIMIT } = await import('#bot/channels/zalo/render.ts');
    return { limit: TEXT_LIMIT, messages: (piece) => partsOf(addressed(piece, ports), ports.texts, { numbered: true }).map((text) => ({ kind: 'text', text, buttons: [] })) };
  },
};

function addressed(piece: Piece, ports: PreviewPorts): Piece {
  const line = addressLine(ports, piece);
  return line === null ? piece : { ...piece, text: withAddress(piece.text, line) };
}
