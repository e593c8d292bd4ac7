import type { SchemaModule } from 'kysely';
import type { ColumnTypes } from '../migrations.ts';

/** Who read an announcement into which loudspeaker, and when. */
export async function readings(schema: SchemaModule, { id, ms }: ColumnTypes): Promise<void> {
  await schema.createTable('readings')
    .addColumn('id', id)
    .addColumn('campaign_id', ms, (c) => c.notNull())
    .addColumn('village_id', 'text')
    .addColumn('reader', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('at_ms', ms, (c) => c.notNull())
    .execute();
  await schema.createIndex('readings_campaign').on('readings').columns(['campaign_id', 'id']).execute();
}
