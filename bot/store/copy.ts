import { createHash, type Hash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { takeTime } from './prepared.ts';
import type { Tables, Tx } from './schema.ts';
import type { Store } from './store.ts';

/**
 * Moves a station from one store to another, SQLite to PostgreSQL as a rule: every row as it is, sealed values
 * included, so both are opened with the same master key file. Nobody else writes to either meanwhile.
 */
export type CopyResult =
  | { ok: true; rows: ReadonlyMap<CopiedTable, number> }
  | { ok: false; problem: { kind: 'copy-target-not-empty'; table: CopiedTable } | { kind: 'copy-differs'; table: CopiedTable } };

/** Every table, with the columns that order it; those with an `id` made by the engine go on counting from the last. */
const COPIED = {
  residents: { by: 'id', counted: false },
  keys: { by: 'person_id', counted: false },
  consents: { by: 'id', counted: true },
  inbox: { by: 'id', counted: true },
  outbox: { by: 'id', counted: true },
  tickets: { by: 'id', counted: true },
  rights_requests: { by: 'id', counted: true },
  campaigns: { by: 'id', counted: true },
  missed_rounds: { by: 'id', counted: true },
  resident_groups: { by: 'id', counted: true },
  contexts: { by: 'person_id', counted: false },
  sessions: { by: 'id', counted: false },
  children: { by: 'id', counted: true },
  reminders: { by: 'id', counted: true },
  pins: { by: 'id', counted: true },
  readings: { by: 'id', counted: true },
  campaign_pictures: { by: 'id', counted: false },
  accounts: { by: 'id', counted: false },
  invitations: { by: 'token_hash', counted: false },
  staff_sessions: { by: 'id_hash', counted: false },
  wrong_logins: { by: 'login_hash', counted: false },
  audit: { by: 'id', counted: true },
  duty_shifts: { by: 'id', counted: true },
  ticket_marks: { by: 'id', counted: true },
  notices: { by: 'id', counted: true },
  staff_links: { by: 'account_id', counted: false },
  link_codes: { by: 'code_hash', counted: false },
  group_posts: { by: 'id', counted: true },
  staff_heard: { by: 'key', counted: false },
  station_answers: { by: 'id', counted: true },
  canned_replies: { by: 'id', counted: true },
  card_revisions: { by: 'id', counted: true },
  outside_questions: { by: 'id', counted: true },
  place_edits: { by: 'id', counted: true },
  daily_counts: { by: 'key', counted: false },
  counted_once: { by: 'mark', counted: false },
  rises: { by: 'key', counted: false },
  recordings: { by: 'id', counted: true },
  spoken: { by: 'token', counted: false },
  text_revisions: { by: 'id', counted: true },
  text_comments: { by: 'id', counted: true },
  card_demand: { by: 'key', counted: false },
  documents: { by: 'id', counted: true },
  passages: { by: 'id', counted: true },
  meta: { by: 'key', counted: false },
} as const satisfies Record<keyof Tables, { by: string; counted: boolean }>;

type CopiedTable = keyof typeof COPIED;
type Row = Record<string, unknown>;
type Side = Pick<Tx, 'db' | 'engine'>;

const PAGE = 500;
/** Rows of these hold voices of up to some megabytes each. */
const HEAVY: readonly CopiedTable[] = ['recordings', 'spoken', 'campaign_pictures'];
const HEAVY_PAGE = 8;

class Differs extends Error {
  readonly table: CopiedTable;
  constructor(table: CopiedTable) {
    super(`the copy of ${table} differs`);
    this.table = table;
  }
}

/** Copies everything in one transaction, then reads it back and compares counts and contents; all or nothing. */
export async function copyStore(from: Store, to: Store): Promise<CopyResult> {
  try {
    return await from.write((source) => to.write(async (target) => {
      for (const side of [source, target]) if (side.engine === 'postgres') await takeTime(side.db);
      const rows = new Map<CopiedTable, number>();
      for (const table of tables()) {
        if (table === 'meta') continue;
        const { rows: found } = await sql<Row>`select 1 as one from ${sql.table(table)} limit 1`.execute(target.db);
        if (found.length > 0) return { ok: false, problem: { kind: 'copy-target-not-empty', table } };
      }
      // The target's own lookup key was made a moment ago and has found nobody yet.
      await target.db.deleteFrom('meta').execute();
      for (const table of tables()) {
        const sent = await copyTable(source, target, table);
        const arrived = await fingerprint(target, table);
        if (sent.count !== arrived.count || sent.digest !== arrived.digest) throw new Differs(table);
        if (COPIED[table].counted && target.engine === 'postgres') await goOnCounting(target.db, table);
        rows.set(table, sent.count);
      }
      return { ok: true, rows };
    }));
  } catch (error) {
    if (error instanceof Differs) return { ok: false, problem: { kind: 'copy-differs', table: error.table } };
    throw error;
  }
}

/** In the order in which they stand above, which is the order in which they are written. */
function tables(): CopiedTable[] {
  return Object.keys(COPIED).filter(isCopied);
}

function isCopied(name: string): name is CopiedTable {
  return Object.hasOwn(COPIED, name);
}

async function copyTable(from: Side, to: Side, table: CopiedTable): Promise<Fingerprint> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const page of pages(from, table)) {
    for (const row of page) {
      digest(hash, row);
      const columns = Object.keys(row);
      await sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))}) values (${sql.join(columns.map((column) => row[column]))})`.execute(to.db);
    }
    count += page.length;
  }
  return { count, digest: hash.digest('hex') };
}

type Fingerprint = { count: number; digest: string };

async function fingerprint(side: Side, table: CopiedTable): Promise<Fingerprint> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const page of pages(side, table)) {
    for (const row of page) digest(hash, row);
    count += page.length;
  }
  return { count, digest: hash.digest('hex') };
}

/** Text ids are ordered by their bytes on both engines; PostgreSQL would otherwise follow the database's language. */
async function* pages({ db, engine }: Side, table: CopiedTable): AsyncGenerator<Row[]> {
  const { by, counted } = COPIED[table];
  const order = counted ? sql`${sql.ref(by)}` : sql`${sql.ref(by)} collate ${sql.raw(engine === 'postgres' ? '"C"' : 'binary')}`;
  const size = HEAVY.includes(table) ? HEAVY_PAGE : PAGE;
  for (let offset = 0; ; offset += size) {
    const { rows } = await sql<Row>`select * from ${sql.table(table)} order by ${order} limit ${size} offset ${offset}`.execute(db);
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
  }
}

function digest(hash: Hash, row: Row): void {
  for (const column of Object.keys(row).sort()) {
    const value = row[column];
    hash.update(`${column}=`);
    hash.update(value instanceof Uint8Array ? Buffer.from(value).toString('base64') : JSON.stringify(value));
    hash.update('\n');
  }
}

async function goOnCounting(db: Kysely<Tables>, table: CopiedTable): Promise<void> {
  await sql`select setval(pg_get_serial_sequence(${table}, 'id'), coalesce((select max(id) from ${sql.table(table)}), 1), exists (select 1 from ${sql.table(table)}))`.execute(db);
}
