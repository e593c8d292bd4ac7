import type { SchemaModule } from 'kysely';
import type { ColumnTypes } from '../migrations.ts';

/** Documents that the station put in for its own staff, cut into passages. */
export async function documents(schema: SchemaModule, { id, ms }: ColumnTypes): Promise<void> {
  await schema.createTable('documents')
    .addColumn('id', id)
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('bytes', ms, (c) => c.notNull())
    .addColumn('account_id', 'text')
    .addColumn('created_ms', ms, (c) => c.notNull())
    .execute();

  await schema.createTable('passages')
    .addColumn('id', id)
    .addColumn('document_id', ms, (c) => c.notNull())
    .addColumn('heading', 'text', (c) => c.notNull())
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .execute();
  await schema.createIndex('passages_document').on('passages').columns(['document_id', 'id']).execute();
}
