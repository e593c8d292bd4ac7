import type { Step } from '../migrations.ts';

/**
 * Wrong passwords are counted by the name that was typed, whether anybody has it or not: a count that stood with the
 * accounts told a stranger which names exist.
 */
export const wrongLogins: Step = async (schema, { ms }) => {
  await schema.createTable('wrong_logins')
    .addColumn('login_hash', 'text', (c) => c.primaryKey())
    .addColumn('failed', 'integer', (c) => c.notNull())
    .addColumn('locked_until_ms', ms, (c) => c.notNull())
    .addColumn('at_ms', ms, (c) => c.notNull())
    .execute();
  await schema.createIndex('wrong_logins_at').on('wrong_logins').columns(['at_ms']).execute();
  await schema.alterTable('accounts').dropColumn('failed').execute();
  await schema.alterTable('accounts').dropColumn('locked_until_ms').execute();
};
