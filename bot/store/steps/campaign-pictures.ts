import type { SchemaModule } from 'kysely';
import type { ColumnTypes } from '../migrations.ts';

/** Pictures that go with announcements. Their readings aloud are recordings like any other. */
export async function campaignPictures(schema: SchemaModule, { bytes, ms }: ColumnTypes): Promise<void> {
  await schema.createTable('campaign_pictures')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('campaign_id', ms, (c) => c.notNull())
    .addColumn('alt', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('bytes', bytes, (c) => c.notNull())
    .addColumn('made_ms', ms, (c) => c.notNull())
    .execute();
  await schema.createIndex('campaign_pictures_campaign').on('campaign_pictures').columns(['campaign_id']).execute();
}
