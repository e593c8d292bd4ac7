import { OA_LIMITS, type Button } from 'zalo-sdk-adapter';
import type { Piece } from '#bot/channels/channel.ts';
import { hasSomethingToSee, sendable } from '../sendable.ts';
import { splitText } from '../split.ts';
import { shorten } from '#knowledge/letters.ts';
import type { Texts } from '#locales/texts.ts';
import { PAYLOAD_MARK } from './heard.ts';

/** Longest text of one message, in characters of NFC: the Official Account and the Bot Platform agree. */
export const TEXT_LIMIT = OA_LIMITS.text;

/** A title longer than this is cut by every phone; the whole of it stands in the text. */
const TITLE_LIMIT = 35;

/**
 * The messages of a piece, split where a reader would pause. Choices stand numbered in a piece's own text; with
 * `numbered`, other buttons are written below it as well, for where there are none to tap.
 */
export function partsOf(piece: Pick<Piece, 'text' | 'lang' | 'buttons' | 'layout' | 'beside'>, texts: Texts, options: { numbered: boolean }): string[] {
  const lines = options.numbered && piece.layout.form !== 'choices'
    ? piece.buttons.map(({ label }, i) => `${offer(texts, piece, i + 1)}: ${label}`)
    : [];
  const text = sendable([piece.text, lines.join('\n')].filter((part) => part !== '').join('\n\n')).normalize('NFC');
  return splitText(text, TEXT_LIMIT).map(({ from, to }) => text.slice(from, to)).filter(hasSomethingToSee);
}

/** `Nhắn 1`; where the labels carry a draft, `Čih 1 (Nhắn 1)`. */
function offer(texts: Texts, { lang, beside }: Pick<Piece, 'lang' | 'beside'>, number: number): string {
  const draft = beside === undefined ? null : texts.draft(beside.lang, 'zalo:offer', { number });
  const words = texts.say(beside?.lang ?? lang, 'zalo:offer', { number });
  return draft === null ? words : `${draft} (${words})`;
}

/** The buttons of a piece in Zalo's form: all of them, or none when one does not fit, since half a choice misleads. */
export function buttonsOf(piece: Pick<Piece, 'buttons' | 'layout'>): Button[] {
  const calls = piece.layout.form === 'emergency' ? piece.layout.calls : [];
  const buttons = [
    ...calls.map(({ label, number }): Button => ({ title: titleOf(label), type: 'oa.open.phone', payload: { phone_code: number.replace(/[^\d+]/g, '') } })),
    ...piece.buttons.map(({ label, value }, i): Button => ({ title: titleOf(piece.layout.form === 'choices' ? `${i + 1}. ${label}` : label), type: 'oa.query.hide', payload: PAYLOAD_MARK + value })),
  ];
  const fits = buttons.length <= OA_LIMITS.buttons && buttons.every(({ title, payload }) => hasSomethingToSee(title) && (typeof payload !== 'string' || payload.length <= OA_LIMITS.buttonPayload));
  return fits ? buttons : [];
}

function titleOf(label: string): string {
  return shorten(sendable(label).normalize('NFC').replace(/\s+/g, ' ').trim(), TITLE_LIMIT);
}
