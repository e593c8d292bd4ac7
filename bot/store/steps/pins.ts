import type { SchemaModule } from 'kysely';
import type { ColumnTypes } from '../migrations.ts';

/** What the head of the station puts in front of answers during an outbreak. */
export async function pins(schema: SchemaModule, { id, ms }: ColumnTypes): Promise<void> {
  await schema.createTable('pins')
    .addColumn('id', id)
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('words', 'text', (c) => c.notNull())
    .addColumn('level', 'text', (c) => c.notNull())
    .addColumn('numbers', 'text', (c) => c.notNull())
    .addColumn('cards', 'text', (c) => c.notNull())
    .addColumn('valid_until', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('created_ms', ms, (c) => c.notNull())
    .addColumn('ended_ms', ms)
    .execute();
}
