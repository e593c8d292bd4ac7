import { isDay } from '#knowledge/day.ts';
import type { Highland } from '#knowledge/identify/orthography.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { LaidText } from '#locales/laid.ts';
import { countKnowledge } from './revisions.ts';
import type { Tx } from './schema.ts';

/** What translators wrote, said about it, and what is asked for most. */

/** `text` null: what the files say holds again. `over`: hash of what the files said when it was written. */
export type NewTextRevision = Omit<LaidText, 'text'> & { text: string | null; over: string };

/** Lays texts over the files, in every process. */
export async function layTexts(tx: Tx, texts: readonly NewTextRevision[], accountId: string | null): Promise<void> {
  if (texts.length === 0) return;
  await tx.db.insertInto('text_revisions').values(texts.map(({ lang, key, text, of, approval, over }) => ({
    lang, key, text, renders: of, approved_by: approval?.by ?? null, dialect: approval?.dialect ?? null, approved_on: approval?.on ?? null, over, account_id: accountId, at_ms: tx.nowMs,
  }))).execute();
  await countKnowledge(tx);
}

export type StoredText = LaidText & { over: string; atMs: number; accountName: string | null };

/** The latest of each text that lies over the files. */
export async function laidTexts(tx: Tx): Promise<StoredText[]> {
  const latest = tx.db.selectFrom('text_revisions').select(({ fn }) => fn.max('id').as('id')).groupBy(['lang', 'key']);
  const rows = await tx.db.selectFrom('text_revisions').leftJoin('accounts', 'accounts.id', 'text_revisions.account_id')
    .selectAll('text_revisions').select('accounts.name').where('text_revisions.id', 'in', latest).orderBy('text_revisions.id').execute();
  return rows.flatMap((row): StoredText[] => {
    if (row.text === null || (row.lang !== 'jra' && row.lang !== 'bdq')) return [];
    const on = row.approved_on;
    const approval = row.approved_by !== null && row.dialect !== null && on !== null && isDay(on) ? { by: row.approved_by, dialect: row.dialect, on } : null;
    return [{ lang: row.lang, key: row.key, text: row.text, of: row.renders, approval, over: row.over, atMs: row.at_ms, accountName: row.name }];
  });
}

export type TextComment = { id: number; text: string; name: string | null; atMs: number };

export async function addComment(tx: Tx, comment: { lang: Lang; key: string; accountId: string; text: string }): Promise<void> {
  await tx.db.insertInto('text_comments').values({ lang: comment.lang, key: comment.key, account_id: comment.accountId, text: comment.text, at_ms: tx.nowMs }).execute();
}

/** Oldest first. */
export async function commentsOn(tx: Tx, lang: Lang, key: string): Promise<TextComment[]> {
  const rows = await tx.db.selectFrom('text_comments').leftJoin('accounts', 'accounts.id', 'text_comments.account_id')
    .select(['text_comments.id', 'text_comments.text', 'text_comments.at_ms', 'accounts.name'])
    .where('text_comments.lang', '=', lang).where('text_comments.key', '=', key).orderBy('text_comments.id').execute();
  return rows.map((row) => ({ id: row.id, text: row.text, name: row.name, atMs: row.at_ms }));
}

/** Adds how often cards were the answer; `day` is the day on which they were. */
export async function addDemand(tx: Tx, day: string, counts: readonly { cardId: string; lang: Lang; asked: number }[]): Promise<void> {
  // Always in the same order, so that two processes cannot wait for each other.
  for (const { cardId, lang, asked } of [...counts].sort((a, b) => (`${a.cardId} ${a.lang}` < `${b.cardId} ${b.lang}` ? -1 : 1))) {
    await tx.db.insertInto('card_demand').values({ key: `${day} ${cardId} ${lang}`, card_id: cardId, lang, day, asked })
      .onConflict((c) => c.column('key').doUpdateSet((eb) => ({ asked: eb('card_demand.asked', '+', asked) }))).execute();
  }
}

/** How often each card was the answer since a day: in all, and to people who chose this language. */
export async function demandSince(tx: Tx, day: string, lang: Highland | 'vi'): Promise<Map<string, { all: number; own: number }>> {
  const rows = await tx.db.selectFrom('card_demand').select(['card_id', 'lang', ({ fn }) => fn.sum<number>('asked').as('asked')]).where('day', '>=', day).groupBy(['card_id', 'lang']).execute();
  const found = new Map<string, { all: number; own: number }>();
  for (const row of rows) {
    const so = found.get(row.card_id) ?? { all: 0, own: 0 };
    found.set(row.card_id, { all: so.all + row.asked, own: so.own + (row.lang === lang ? row.asked : 0) });
  }
  return found;
}
