import type { SchemaModule } from 'kysely';

/** How often a person was asked whether to speak a language they wrote in: JSON of times by language, null for never. */
export async function languages(schema: SchemaModule): Promise<void> {
  await schema.alterTable('residents').addColumn('asked_langs', 'text').execute();
}
