import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Card } from '#knowledge/card.ts';
import type { Highland } from '#knowledge/identify/orthography.ts';
import { cardHash, hashOf, standingOf, statusFileSchema, textStanding, type Standing, type Translations } from '#knowledge/translation.ts';
import { residentTexts } from './standing.ts';

/**
 * The one-evening kit: the sentences that matter most in a language, numbered, with the Vietnamese beside them, for a
 * speaker to correct on paper; and the form in which the corrections come back.
 */

/** One sentence to look at: its number on paper, where it belongs, both texts, how it stands, and the Vietnamese it renders. */
export type KitLine = {
  number: number;
  /** `chat:passed.lead`, or `card:5k.mask#answer` for a card with its label. */
  key: string;
  vietnamese: string;
  /** Null where nothing is drafted: a line to be written by the speaker. */
  text: string | null;
  standing: Standing;
};

/** How many sentences one evening holds. */
export const KIT_LINES = 60;

const kitSchema = z.strictObject({ texts: z.array(z.string().regex(/^[a-z]+:[\w.]+$/)), cards: z.array(z.string()) });

/**
 * The lines of the booklet, most needed first: the interface texts named in `kit.json`, then the cards named there, each
 * with its label and its answer. `dir` is the folder `locales`. At most `KIT_LINES`.
 */
export function kitLines(dir: string, lang: Highland, cards: readonly Card[], translations: Translations): KitLine[] {
  const wanted = kitSchema.parse(read(join(dir, 'kit.json')));
  const vietnamese = residentTexts(dir, 'vi');
  const own = residentTexts(dir, lang);
  const status = statusFileSchema.parse(read(join(dir, lang, 'status.json')));

  const texts = wanted.texts.flatMap((key): Omit<KitLine, 'number'>[] => {
    const original = vietnamese.get(key);
    if (original === undefined) return [];
    const text = own.get(key);
    return [{ key, vietnamese: original, text: text ?? null, standing: textStanding(text, original, status[key]) }];
  });
  const answers = wanted.cards.flatMap((id): Omit<KitLine, 'number'>[] => {
    const card = cards.find((one) => one.id === id);
    if (card === undefined) return [];
    const translation = translations.get(id, lang);
    const standing = standingOf(translation, card);
    return [{ key: `card:${id}#answer`, vietnamese: `${card.question}\n${card.answer}`, text: translation ? `${translation.question}\n${translation.answer}` : null, standing }];
  });
  return [...texts, ...answers].slice(0, KIT_LINES).map((line, i) => ({ number: i + 1, ...line }));
}

/** What comes back from paper: the number, and the corrected text, or null for "right as it stands". */
export type KitAnswer = { number: number; text: string | null };

/** What one returned line becomes: a key, the approved text, and the hash of the Vietnamese that was on the paper. */
export type KitApproval = { key: string; text: string; of: string };

/** A returned line that was not taken, and why. */
export type KitRefusal = { number: number; why: 'no-such-number' | 'nothing-to-approve' | 'empty' | 'values-differ' };

/** Turns what was typed back into approvals; the speaker's name, dialect and day are added by whoever stores them. */
export function takeBack(lines: readonly KitLine[], answers: readonly KitAnswer[], cards: readonly Card[]): { taken: KitApproval[]; refused: KitRefusal[] } {
  const taken: KitApproval[] = [];
  const refused: KitRefusal[] = [];
  for (const { number, text } of answers) {
    const line = lines.find((one) => one.number === number);
    const approved = (text ?? line?.text ?? '').normalize('NFC').trim();
    if (line === undefined) refused.push({ number, why: 'no-such-number' });
    else if (text === null && line.text === null) refused.push({ number, why: 'nothing-to-approve' });
    else if (approved === '') refused.push({ number, why: 'empty' });
    else if (!sameValues(approved, line)) refused.push({ number, why: 'values-differ' });
    else taken.push({ key: line.key, text: approved, of: kitApproval(line, cards) });
  }
  return { taken, refused };
}

/** The hash of the Vietnamese that a line of the booklet renders. */
export function kitApproval(line: KitLine, cards: readonly Card[]): string {
  const card = cards.find(({ id }) => line.key === `card:${id}#answer`);
  return card ? cardHash(card, { more: null, clinical: null }) : hashOf(line.vietnamese);
}

/** An interface text needs each of its values; a card may leave some to the Vietnamese, and may bring no other. */
function sameValues(text: string, line: KitLine): boolean {
  const own = new Set(values(text));
  const meant = new Set(values(line.vietnamese));
  return [...own].every((value) => meant.has(value)) && (line.key.startsWith('card:') || own.size === meant.size);
}

function values(text: string): string[] {
  return [...text.matchAll(/\{\{\s*([\w.]+)\s*\}\}/g)].map((hit) => hit[1] ?? '');
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
