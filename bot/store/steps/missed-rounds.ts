import type { SchemaModule } from 'kysely';
import type { ColumnTypes } from '../migrations.ts';

/** Moments of announcements that repeat at which nothing was sent, and what staff did about it. */
export async function missedRounds(schema: SchemaModule, { id, ms }: ColumnTypes): Promise<void> {
  await schema.createTable('missed_rounds')
    .addColumn('id', id)
    .addColumn('campaign_id', ms, (c) => c.notNull())
    .addColumn('due_ms', ms, (c) => c.notNull())
    .addColumn('noted_ms', ms, (c) => c.notNull())
    .addColumn('settled_ms', ms)
    .addUniqueConstraint('missed_rounds_once', ['campaign_id', 'due_ms'])
    .execute();
}
