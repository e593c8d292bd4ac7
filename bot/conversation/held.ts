import type { InboundContent, Piece } from '#bot/channels/channel.ts';
import type { HeldData } from '#bot/residents/held-data.ts';
import { clockOf, dayOf, readableDay } from '#knowledge/day.ts';
import type { Lang } from '#knowledge/lang.ts';
import { cutWhole } from '#knowledge/letters.ts';
import { inBoth } from './beside.ts';
import type { ConverseDeps } from './knowledge.ts';

/** Longest piece, below every channel's limit. */
const PIECE_LIMIT = 1_800;

type Telling = Pick<ConverseDeps, 'texts' | 'place'>;

/** "Dữ liệu của tôi": everything that is held about the person, as text they can read, in as many pieces as it takes. */
export function tellHeld(deps: Telling, held: HeldData, lang: Lang, retentionDays: number): Piece[] {
  const piece = (text: string): Piece => ({ text, lang: deps.texts.langOf(lang, 'chat:mydata.lead'), cardId: null, buttons: [], layout: { form: 'plain' } });
  const details = detailLines(deps, held);
  if (lang === 'vi') return packed([...summaryLines(deps, held, lang, retentionDays), ...details]).map(piece);
  // What was written is the same in every language; only what is said about it has drafts beside it.
  const summary = inBoth(deps, lang, (texts) => packed(summaryLines({ ...deps, texts }, held, lang, retentionDays)).map(piece));
  return [...summary, ...packed(details).map(piece)];
}

function summaryLines(deps: Telling, held: HeldData, lang: Lang, retentionDays: number): string[] {
  const say = deps.texts.say;
  const village = deps.place.villages.find((known) => known.id === held.villageId);
  return [
    say(lang, 'chat:mydata.lead'),
    say(lang, 'chat:mydata.account'),
    say(lang, 'chat:mydata.language', { language: say(lang, `chat:languageName.${held.lang}`) }),
    village === undefined ? say(lang, 'chat:mydata.noVillage') : say(lang, 'chat:mydata.village', { village: village.name }),
    held.stopped ? say(lang, 'chat:mydata.stopped') : '',
    held.consents.length === 0 ? say(lang, 'chat:mydata.noConsents') : '',
    ...held.consents.map((consent) => say(lang, consent.given ? 'chat:mydata.agreed' : 'chat:mydata.withdrew', { purpose: say(lang, `chat:purpose.${consent.purpose}`), at: readableMoment(consent.atMs), version: consent.textVersion })),
    held.groups.length === 0 ? '' : say(lang, 'chat:mydata.groups', { groups: held.groups.map((group) => say(lang, `chat:group.${group}`)).join(', ') }),
    ...held.children.map((child) => say(lang, child.nickname === '' ? 'chat:mydata.childUnnamed' : 'chat:mydata.child', { child: child.nickname, day: readableDay(child.birth), count: child.given.length })),
    ...held.rights.map((request) => say(lang, 'chat:mydata.request', { right: say(lang, `chat:right.${request.right}`), at: readableMoment(request.askedMs), due: readableDay(dayOf(request.doneDueMs)) })),
    say(lang, 'chat:mydata.rights'),
    say(lang, 'chat:mydata.tickets', { count: held.tickets.length }),
    say(lang, 'chat:mydata.messages', { count: held.messages.length, days: retentionDays }),
  ].filter((line) => line !== '');
}

function detailLines({ texts: { say } }: Telling, held: HeldData): string[] {
  return [
    ...held.tickets.map((ticket) => say('vi', 'chat:mydata.ticket', { at: readableMoment(ticket.createdMs), text: ticket.question ?? say('vi', 'chat:mydata.gone') })),
    ...held.messages.map((message) => say('vi', message.direction === 'in' ? 'chat:mydata.said' : 'chat:mydata.told', { at: readableMoment(message.atMs), text: wordsOf(message) ?? say('vi', 'chat:mydata.gone') })),
  ];
}

/** When something happened, as people write it: `7:05 22/11/2026`. */
function readableMoment(atMs: number): string {
  const { hour, minute } = clockOf(atMs);
  return `${hour}:${String(minute).padStart(2, '0')} ${readableDay(dayOf(atMs))}`;
}

function wordsOf(message: HeldData['messages'][number]): string | null {
  if (message.direction === 'out') return message.piece?.text ?? null;
  return message.content === null ? null : contentWords(message.content);
}

function contentWords(content: InboundContent): string {
  switch (content.kind) {
    case 'text':
      return content.text;
    case 'button':
      return `[${content.value}]`;
    case 'voice':
    case 'start':
    case 'stop':
      return `[${content.kind}]`;
    case 'image':
    case 'sticker':
    case 'location':
    case 'file':
      return content.caption ?? `[${content.kind}]`;
  }
}

/** Lines joined into pieces below the limit; a line that is longer than a piece is cut into several. */
function packed(lines: string[]): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const part of lines.flatMap((line) => cut(line))) {
    if (piece !== '' && piece.length + part.length + 1 > PIECE_LIMIT) {
      pieces.push(piece);
      piece = part;
    } else {
      piece = piece === '' ? part : `${piece}\n${part}`;
    }
  }
  return piece === '' ? pieces : [...pieces, piece];
}

/** Cuts between letters, never inside a letter with its marks. */
function cut(line: string): string[] {
  // A single letter longer than that is nobody's; it is cut anyhow rather than sent too long.
  const first = cutWhole(line, PIECE_LIMIT) || line.slice(0, PIECE_LIMIT);
  return first === line ? [line] : [first, ...cut(line.slice(first.length))];
}
