import type { SessionWords } from '#bot/vaccination/session-import.ts';
import type { Session } from '#bot/vaccination/sessions.ts';
import { clockText } from '#bot/vaccination/texts.ts';
import { readableDay } from '#knowledge/day.ts';

/** A session as it stands in the fields of its page. */
export type SessionForm = { day: string; from: string; to: string; place: string; villages: string[]; who: string; vaccines: string; bring: string; left: string; map: string; note: string };

export function sessionForm(session: Session): SessionForm {
  return {
    day: readableDay(session.day), from: clockText(session.fromMinute), to: clockText(session.toMinute), place: session.place, villages: session.villages, who: session.who,
    vaccines: session.vaccines.map(({ text }) => text).join('; '), bring: session.bring.join(', '), left: session.placesLeft === null ? '' : String(session.placesLeft), map: session.mapUrl ?? '', note: session.note ?? '',
  };
}

const COLUMNS = ['id', 'day', 'from', 'to', 'place', 'villages', 'who', 'vaccines', 'bring', 'left', 'map', 'note'] as const;

/** The fields as a table of one line, so that a page and an import read a session by the very same rules. */
export function tableOf(form: SessionForm & { id: string }, words: SessionWords): string {
  const cells = COLUMNS.map((column) => (column === 'villages' ? form.villages.join(';') : form[column])).map((cell) => `"${cell.replaceAll('"', '""')}"`);
  return `${COLUMNS.map((column) => words.headings[column][0] ?? column).join('\t')}\n${cells.join('\t')}\n`;
}
