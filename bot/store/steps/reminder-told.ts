import type { SchemaModule } from 'kysely';

/** What a reminder said of its session's day, hours and place, so that a change is told to whoever read it. */
export async function reminderTold(schema: SchemaModule): Promise<void> {
  await schema.alterTable('reminders').addColumn('told', 'text').execute();
}
