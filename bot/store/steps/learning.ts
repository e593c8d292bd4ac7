import type { SchemaModule } from 'kysely';
import type { ColumnTypes } from '../migrations.ts';

/** What staff change in the base and the place, and what a report counts. */
export async function learning(schema: SchemaModule, { id, ms }: ColumnTypes): Promise<void> {
  await schema.createTable('card_revisions')
    .addColumn('id', id)
    .addColumn('card_id', 'text', (c) => c.notNull())
    .addColumn('text', 'text')
    .addColumn('made_of', 'text')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text')
    .addColumn('ticket_id', ms)
    .addColumn('created_ms', ms, (c) => c.notNull())
    .addColumn('published_ms', ms)
    .execute();
  await schema.createIndex('card_revisions_card').on('card_revisions').columns(['card_id', 'id']).execute();

  await schema.createTable('outside_questions')
    .addColumn('id', id)
    .addColumn('theme', 'text', (c) => c.notNull())
    .addColumn('question', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text')
    .addColumn('ticket_id', ms)
    .addColumn('created_ms', ms, (c) => c.notNull())
    .execute();

  await schema.createTable('place_edits')
    .addColumn('id', id)
    .addColumn('section', 'text', (c) => c.notNull())
    .addColumn('value', 'text')
    .addColumn('made_of', 'text')
    .addColumn('account_id', 'text')
    .addColumn('at_ms', ms, (c) => c.notNull())
    .execute();

  await schema.createTable('daily_counts')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('day', 'text', (c) => c.notNull())
    .addColumn('what', 'text', (c) => c.notNull())
    .addColumn('topic', 'text', (c) => c.notNull())
    .addColumn('village', 'text', (c) => c.notNull())
    .addColumn('n', ms, (c) => c.notNull())
    .execute();
  await schema.createIndex('daily_counts_day').on('daily_counts').columns(['day']).execute();

  await schema.createTable('counted_once')
    .addColumn('mark', 'text', (c) => c.primaryKey())
    .addColumn('day', 'text', (c) => c.notNull())
    .execute();

  await schema.createTable('rises')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('sign', 'text', (c) => c.notNull())
    .addColumn('village', 'text', (c) => c.notNull())
    .addColumn('people', ms, (c) => c.notNull())
    .addColumn('usual', ms, (c) => c.notNull())
    .addColumn('ticket_id', ms)
    .addColumn('at_ms', ms, (c) => c.notNull())
    .addColumn('seen_by', 'text')
    .addColumn('seen_ms', ms)
    .execute();
}
