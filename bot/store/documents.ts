import type { Tx } from './schema.ts';

/** What the station put in to help its own staff write. Not about residents, and never shown to them. */
export type Document = { id: number; name: string; bytes: number; byName: string | null; createdMs: number; passages: number };

/** A piece of a document with its place: the heading above it, empty where there is none, and its number from 1. */
export type Passage = { heading: string; position: number; text: string };
export type KeptPassage = Passage & { document: string };

export async function addDocument(tx: Tx, document: { name: string; bytes: number; accountId: string; passages: readonly Passage[] }): Promise<number> {
  const { id } = await tx.db.insertInto('documents').values({ name: document.name, bytes: document.bytes, account_id: document.accountId, created_ms: tx.nowMs }).returning('id').executeTakeFirstOrThrow();
  for (let from = 0; from < document.passages.length; from += ROWS_AT_ONCE) {
    await tx.db.insertInto('passages').values(document.passages.slice(from, from + ROWS_AT_ONCE).map((passage) => ({ document_id: id, ...passage }))).execute();
  }
  return id;
}

/** The newest first. */
export async function listDocuments(tx: Tx): Promise<Document[]> {
  const counts = await tx.db.selectFrom('passages').select(['document_id', ({ fn }) => fn.countAll<number>().as('count')]).groupBy('document_id').execute();
  const held = new Map(counts.map((row) => [row.document_id, row.count]));
  const rows = await tx.db.selectFrom('documents').leftJoin('accounts', 'accounts.id', 'documents.account_id')
    .select(['documents.id', 'documents.name', 'documents.bytes', 'documents.created_ms', 'accounts.name as by_name'])
    .orderBy('documents.id', 'desc').execute();
  return rows.map((row) => ({ id: row.id, name: row.name, bytes: row.bytes, byName: row.by_name, createdMs: row.created_ms, passages: held.get(row.id) ?? 0 }));
}

/** True when it was there. */
export async function dropDocument(tx: Tx, id: number): Promise<boolean> {
  await tx.db.deleteFrom('passages').where('document_id', '=', id).execute();
  const result = await tx.db.deleteFrom('documents').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Changes whenever a document comes or goes. */
export async function documentsMark(tx: Tx): Promise<string> {
  const row = await tx.db.selectFrom('documents').select(({ fn }) => [fn.countAll<number>().as('count'), fn.max('id').as('last')]).executeTakeFirstOrThrow();
  return `${row.count}:${row.last}`;
}

export async function allPassages(tx: Tx): Promise<KeptPassage[]> {
  const rows = await tx.db.selectFrom('passages').innerJoin('documents', 'documents.id', 'passages.document_id')
    .select(['documents.name as document', 'passages.heading', 'passages.position', 'passages.text']).orderBy('passages.id').execute();
  return rows;
}

const ROWS_AT_ONCE = 100;
