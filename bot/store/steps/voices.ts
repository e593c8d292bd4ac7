import { sql, type SchemaModule } from 'kysely';
import type { ColumnTypes } from '../migrations.ts';

/** Recordings that anybody may hear, spoken answers to one person, what translators wrote over the files, and what is asked for most. */
export async function voices(schema: SchemaModule, { id, bytes, ms }: ColumnTypes): Promise<void> {
  await schema.createTable('recordings')
    .addColumn('id', id)
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('lang', 'text', (c) => c.notNull())
    .addColumn('renders', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('speaker', 'text', (c) => c.notNull())
    .addColumn('dialect', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text')
    .addColumn('approved_by', 'text')
    .addColumn('made_ms', ms, (c) => c.notNull())
    .addColumn('millis', ms)
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('note_type', 'text', (c) => c.notNull())
    .addColumn('note', bytes, (c) => c.notNull())
    .addColumn('plain', bytes)
    .execute();
  await schema.createIndex('recordings_address').on('recordings').columns(['address', 'id']).execute();

  await schema.createTable('spoken')
    .addColumn('token', 'text', (c) => c.primaryKey())
    .addColumn('person_id', 'text', (c) => c.notNull())
    .addColumn('ticket_id', ms)
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('millis', ms)
    .addColumn('note_type', 'text', (c) => c.notNull())
    .addColumn('note_sealed', bytes, (c) => c.notNull())
    .addColumn('plain_sealed', bytes)
    .addColumn('made_ms', ms, (c) => c.notNull())
    .execute();
  await schema.createIndex('spoken_person').on('spoken').columns(['person_id']).execute();
  await schema.createIndex('spoken_made').on('spoken').columns(['made_ms']).execute();

  await schema.createTable('text_revisions')
    .addColumn('id', id)
    .addColumn('lang', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('text', 'text')
    .addColumn('renders', 'text', (c) => c.notNull())
    .addColumn('approved_by', 'text')
    .addColumn('dialect', 'text')
    .addColumn('approved_on', 'text')
    .addColumn('over', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text')
    .addColumn('at_ms', ms, (c) => c.notNull())
    .execute();
  await schema.createIndex('text_revisions_key').on('text_revisions').columns(['lang', 'key', 'id']).execute();

  await schema.createTable('text_comments')
    .addColumn('id', id)
    .addColumn('lang', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text')
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('at_ms', ms, (c) => c.notNull())
    .execute();
  await schema.createIndex('text_comments_key').on('text_comments').columns(['lang', 'key', 'id']).execute();

  await schema.createTable('card_demand')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('card_id', 'text', (c) => c.notNull())
    .addColumn('lang', 'text', (c) => c.notNull())
    .addColumn('day', 'text', (c) => c.notNull())
    .addColumn('asked', 'integer', (c) => c.notNull())
    .execute();
  await schema.createIndex('card_demand_day').on('card_demand').columns(['day']).execute();

  await schema.alterTable('accounts').addColumn('languages', 'text', (c) => c.notNull().defaultTo(sql.lit('["vi"]'))).execute();
}
