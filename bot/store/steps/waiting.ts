import { sql, type SchemaModule } from 'kysely';

/** One person's waiting messages are found without reading everybody's. */
export async function waiting(schema: SchemaModule): Promise<void> {
  // Beside an index of every state SQLite takes that one to find a person's waiting messages, and reads all that wait.
  await schema.dropIndex('inbox_state').execute();
  await schema.createIndex('inbox_settled').on('inbox').columns(['state']).where(sql.ref('state'), '!=', sql.lit('new')).execute();
}
