import { CLINICAL, MORE, type Card, type Review, type Source } from './card.ts';

/** Writes a card as its file, in the form in which authors write it. `parseCard` reads the very same card back. */
export function formatCard(card: Card): string {
  const front = [
    `id: ${card.id}`,
    `topic: ${card.topic}`,
    `question: ${plain(card.question)}`,
    'variants:',
    ...card.variants.map((variant) => `  - ${plain(variant)}`),
    'sources:',
    ...card.sources.map((source) => `  - ${sourceLine(source)}`),
    `validFrom: ${card.validFrom}`,
    `validUntil: ${card.validUntil}`,
    `reviewBy: ${card.reviewBy}`,
    `review: ${reviewLine(card.review)}`,
    ...(card.related.length === 0 ? [] : [`related: [${card.related.map(inList).join(', ')}]`]),
  ];
  const body = [
    card.answer,
    ...(card.more === null || card.more === '' ? [] : [`## ${MORE}\n\n${card.more}`]),
    ...(card.clinical === null || card.clinical === '' ? [] : [`## ${CLINICAL}\n\n${card.clinical}`]),
  ];
  return `---\n${front.join('\n')}\n---\n${body.join('\n\n')}\n`;
}

function sourceLine({ name, date, url }: Source): string {
  return `{ name: ${quoted(name)}, date: ${date}${url === undefined ? '' : `, url: ${quoted(url)}`} }`;
}

function reviewLine(review: Review): string {
  return review.status === 'sourced' ? '{ status: sourced }' : `{ status: signed, by: ${quoted(review.by)}, role: ${quoted(review.role)}, on: ${review.on} }`;
}

/** Text that YAML reads as itself stands bare, as authors write it; everything else is quoted. */
function plain(text: string): string {
  return /^[\p{L}\p{N}“(][^\n\r\t]*$/u.test(text) && !/: |:$| #|\s$/u.test(text) ? text : quoted(text);
}

function inList(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : quoted(text);
}

/** JSON is YAML, so its quoting holds for whatever somebody may type. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
