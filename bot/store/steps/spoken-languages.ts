import type { Step } from '../migrations.ts';

/** What somebody of the station said has a language: their own word for it, and whom a spoken answer that is kept can serve. */
export const spokenLanguages: Step = async (schema) => {
  await schema.alterTable('spoken').addColumn('lang', 'text', (c) => c.notNull().defaultTo('vi')).execute();
  // Null: words that serve everybody.
  await schema.alterTable('station_answers').addColumn('lang', 'text').execute();
};
