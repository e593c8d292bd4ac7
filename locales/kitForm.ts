import type { Card } from '#knowledge/card.ts';
import type { Approval, ExchangeChange } from './exchange.ts';
import { cells, table } from './exchangeFormats.ts';
import { kitApproval, takeBack, type KitAnswer, type KitLine, type KitRefusal } from './kit.ts';

/** The form in which an evening's corrections come back from paper: one row a sentence, a mark for "right" or the corrected text. */

const HEADINGS = ['number', 'key', 'of', 'vi', 'draft', 'right', 'text'] as const;

/** The empty form, for any spreadsheet. */
export function kitForm(lines: readonly KitLine[], cards: readonly Card[]): string {
  return table([HEADINGS, ...lines.map((line) => [String(line.number), line.key, kitApproval(line, cards), line.vietnamese, line.text ?? '', '', ''])]);
}

export type FormRefusal = KitRefusal | { number: number; why: 'vietnamese-changed' };

export type FormResult = { ok: true; taken: ExchangeChange[]; left: number; refused: FormRefusal[] } | { ok: false; why: 'not-a-table' | 'headings' };

/** Reads a filled-in form. Rows without a mark and without a text are left alone; the signature holds for all that is taken. */
export function readKitForm(text: string, lines: readonly KitLine[], cards: readonly Card[], approval: Approval): FormResult {
  const rows = cells(text);
  if (rows === null) return { ok: false, why: 'not-a-table' };
  const [head = [], ...body] = rows;
  const at = (name: (typeof HEADINGS)[number]) => head.findIndex((heading) => heading.trim().toLowerCase() === name);
  if (at('number') < 0 || at('right') < 0 || at('text') < 0) return { ok: false, why: 'headings' };
  const answers: KitAnswer[] = [];
  const refused: FormRefusal[] = [];
  let left = 0;
  for (const row of body) {
    const value = (name: (typeof HEADINGS)[number]) => (row[at(name)] ?? '').trim();
    const number = Number(value('number'));
    const line = lines.find((one) => one.number === number);
    const corrected = value('text');
    if (corrected === '' && value('right') === '') left += 1;
    else if (line !== undefined && value('of') !== '' && value('of') !== kitApproval(line, cards)) refused.push({ number, why: 'vietnamese-changed' });
    else answers.push({ number, text: corrected === '' ? null : corrected });
  }
  const back = takeBack(lines, answers, cards);
  return { ok: true, left, refused: [...refused, ...back.refused], taken: back.taken.flatMap(({ key, text: approved, of }): ExchangeChange[] => partsOf(key, approved).map((part) => ({ at: 0, ...part, of, approval, doubts: [] }))) };
}

/** On paper a card is its label and its answer, one under the other. */
function partsOf(key: string, text: string): { key: string; text: string }[] {
  if (!key.startsWith('card:')) return [{ key, text }];
  const [question = '', ...answer] = text.split('\n');
  return [{ key: key.replace('#answer', '#question'), text: question.trim() }, { key, text: answer.join('\n').trim() }].filter((part) => part.text !== '');
}
