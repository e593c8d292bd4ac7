import { sql, type Kysely, type SchemaModule } from 'kysely';
import type { ColumnTypes } from '../migrations.ts';
import type { Tables } from '../schema.ts';

/** Children whose parents asked to be reminded, and what they were reminded of. */
export async function reminders(schema: SchemaModule, { id, bytes, ms }: ColumnTypes, db: Kysely<Tables>): Promise<void> {
  await schema.createTable('children')
    .addColumn('id', id)
    .addColumn('person_id', 'text', (c) => c.notNull())
    .addColumn('child_sealed', bytes, (c) => c.notNull())
    .addColumn('created_ms', ms, (c) => c.notNull())
    .execute();
  await schema.createIndex('children_person').on('children').columns(['person_id', 'id']).execute();

  await schema.createTable('reminders')
    .addColumn('id', id)
    .addColumn('key', 'text', (c) => c.notNull().unique())
    .addColumn('person_id', 'text', (c) => c.notNull())
    .addColumn('session_id', 'text')
    .addColumn('day', 'text', (c) => c.notNull())
    .addColumn('doses_sealed', bytes)
    .addColumn('created_ms', ms, (c) => c.notNull())
    .addColumn('cancelled_ms', ms)
    .execute();
  await schema.createIndex('reminders_person').on('reminders').columns(['person_id', 'created_ms']).execute();
  await sql`create index reminders_session on reminders (session_id) where session_id is not null`.execute(db);
}
