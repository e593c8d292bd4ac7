import type { SchemaModule } from 'kysely';
import type { ColumnTypes } from '../migrations.ts';

/** What the station says again: answers for those who ask the same later, and sentences that staff use often. */
export async function stationWords(schema: SchemaModule, { id, ms }: ColumnTypes): Promise<void> {
  await schema.createTable('station_answers')
    .addColumn('id', id)
    .addColumn('ticket_id', ms, (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('question', 'text', (c) => c.notNull())
    .addColumn('answer', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('created_ms', ms, (c) => c.notNull())
    .addColumn('until_ms', ms, (c) => c.notNull())
    .execute();
  await schema.createIndex('station_answers_until').on('station_answers').columns(['until_ms']).execute();

  await schema.createTable('canned_replies')
    .addColumn('id', id)
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('created_ms', ms, (c) => c.notNull())
    .execute();
}
