import { sql, type Kysely, type SchemaModule } from 'kysely';
import type { Tables } from '../schema.ts';
import type { ColumnTypes } from '../migrations.ts';

/** Who is on duty, what they were told and when, and where a question stands in the staff's own group. */
export async function watch(schema: SchemaModule, { id, ms }: ColumnTypes, db: Kysely<Tables>): Promise<void> {
  await schema.alterTable('tickets').addColumn('asked_ms', ms, (c) => c.notNull().defaultTo(0)).execute();
  await schema.alterTable('tickets').addColumn('legal_due_ms', ms).execute();
  await sql`update tickets set asked_ms = created_ms`.execute(db);

  await schema.createTable('duty_shifts')
    .addColumn('id', id)
    .addColumn('day', 'text', (c) => c.notNull())
    .addColumn('line', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('phone', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text')
    .addUniqueConstraint('duty_shifts_once', ['day', 'line', 'name', 'phone'])
    .execute();

  await schema.createTable('ticket_marks')
    .addColumn('id', id)
    .addColumn('ticket_id', ms, (c) => c.notNull())
    .addColumn('due_ms', ms, (c) => c.notNull())
    .addColumn('stage', 'text', (c) => c.notNull())
    .addColumn('at_ms', ms, (c) => c.notNull())
    .addUniqueConstraint('ticket_marks_once', ['ticket_id', 'due_ms', 'stage'])
    .execute();
  await schema.createIndex('ticket_marks_at').on('ticket_marks').columns(['stage', 'at_ms']).execute();

  await schema.createTable('notices')
    .addColumn('id', id)
    .addColumn('dedupe_key', 'text', (c) => c.notNull().unique())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('ticket_id', ms)
    .addColumn('account_id', 'text')
    .addColumn('reply_to', ms)
    .addColumn('detail', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('not_before_ms', ms, (c) => c.notNull())
    .addColumn('lease', 'text')
    .addColumn('lease_until_ms', ms)
    .addColumn('reason', 'text')
    .addColumn('created_ms', ms, (c) => c.notNull())
    .addColumn('settled_ms', ms)
    .execute();
  await schema.createIndex('notices_waiting').on('notices').columns(['not_before_ms']).where(sql.ref('state'), '=', sql.lit('queued')).execute();
  await schema.createIndex('notices_ticket').on('notices').columns(['ticket_id']).execute();

  await schema.createTable('staff_links')
    .addColumn('account_id', 'text', (c) => c.primaryKey())
    .addColumn('user_id', 'text', (c) => c.notNull().unique())
    .addColumn('linked_ms', ms, (c) => c.notNull())
    .execute();
  await schema.createTable('link_codes')
    .addColumn('code_hash', 'text', (c) => c.primaryKey())
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('expires_ms', ms, (c) => c.notNull())
    .execute();

  await schema.createTable('group_posts')
    .addColumn('id', id)
    .addColumn('ticket_id', ms, (c) => c.notNull())
    .addColumn('chat_id', 'text', (c) => c.notNull())
    .addColumn('thread_id', ms)
    .addColumn('message_id', ms, (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('has_words', 'integer', (c) => c.notNull())
    .addColumn('shown_version', ms, (c) => c.notNull())
    .addColumn('upto_inbox_id', ms, (c) => c.notNull())
    .addColumn('at_ms', ms, (c) => c.notNull())
    .addUniqueConstraint('group_posts_once', ['chat_id', 'message_id'])
    .execute();
  await schema.createIndex('group_posts_ticket').on('group_posts').columns(['ticket_id']).execute();

  await schema.createTable('staff_heard')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('at_ms', ms, (c) => c.notNull())
    .execute();
}
