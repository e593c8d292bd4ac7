import { CLINICAL, MORE } from './sheet.ts';

/** A card that may still break the form, as somebody typed it; a `Card` is one. */
export type TypedCard = {
  id: string; topic: string; question: string; variants: readonly string[];
  sources: readonly { name: string; date: string; url?: string | undefined }[];
  validFrom: string; validUntil: string; reviewBy: string;
  review: { status: 'sourced' } | { status: 'signed'; by: string; role: string; on: string };
  related: readonly string[]; answer: string; more: string | null; clinical: string | null;
};

/** Writes a card as its file, in the form in which authors write it. `parseCard` reads the very same card back, or says what is wrong. */
export function formatCard(card: TypedCard): string {
  const front = [
    `id: ${bare(card.id)}`,
    `topic: ${bare(card.topic)}`,
    `question: ${plain(card.question)}`,
    'variants:',
    ...(card.variants.length === 0 ? ['  []'] : []),
    ...card.variants.map((variant) => `  - ${plain(variant)}`),
    'sources:',
    ...(card.sources.length === 0 ? ['  []'] : []),
    ...card.sources.map((source) => `  - ${sourceLine(source)}`),
    `validFrom: ${bare(card.validFrom)}`,
    `validUntil: ${bare(card.validUntil)}`,
    `reviewBy: ${bare(card.reviewBy)}`,
    `review: ${reviewLine(card.review)}`,
    ...(card.related.length === 0 ? [] : [`related: [${card.related.map(bare).join(', ')}]`]),
  ];
  const body = [
    card.answer,
    ...(card.more === null || card.more === '' ? [] : [`## ${MORE}\n\n${card.more}`]),
    ...(card.clinical === null || card.clinical === '' ? [] : [`## ${CLINICAL}\n\n${card.clinical}`]),
  ];
  return `---\n${front.join('\n')}\n---\n${body.join('\n\n')}\n`;
}

function sourceLine({ name, date, url }: TypedCard['sources'][number]): string {
  return `{ name: ${quoted(name)}, date: ${bare(date)}${url === undefined ? '' : `, url: ${quoted(url)}`} }`;
}

function reviewLine(review: TypedCard['review']): string {
  return review.status === 'sourced' ? '{ status: sourced }' : `{ status: signed, by: ${quoted(review.by)}, role: ${quoted(review.role)}, on: ${bare(review.on)} }`;
}

/** Text that YAML reads as itself stands bare, as authors write it; everything else is quoted. */
function plain(text: string): string {
  return /^[\p{L}\p{N}“(][^\n\r\t]*$/u.test(text) && !/: |:$| #|\s$/u.test(text) ? text : quoted(text);
}

function bare(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : quoted(text);
}

/** JSON is YAML, so its quoting holds for whatever somebody may type. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
