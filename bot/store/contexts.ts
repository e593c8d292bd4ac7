import { contextSchema, type ConversationContext } from '#bot/conversation/turn.ts';
import { readJson } from './forms.ts';
import type { Person } from './people.ts';
import type { Tx } from './schema.ts';

/** What the next turn may rest on; sealed, and forgotten after half an hour. */

const CONTEXT_LIFE_MS = 30 * 60_000;

/** A context as it lies in the store. */
export type KeptContext = { sealed: Uint8Array; atMs: number };

/** The context at `atMs`, the moment the person acts; null when there is none, or it is too old to be what they mean. */
export function openContext(tx: Tx, person: Person, kept: KeptContext | null, atMs: number): ConversationContext | null {
  if (kept === null || atMs - kept.atMs > CONTEXT_LIFE_MS) return null;
  return readJson(contextSchema, tx.ring.open(person.key, 'context', kept.sealed));
}

export async function keepContext(tx: Tx, person: Person, context: ConversationContext | null): Promise<void> {
  if (!context) {
    await tx.db.deleteFrom('contexts').where('person_id', '=', person.id).execute();
    return;
  }
  const kept = { context_sealed: tx.ring.seal(person.key, 'context', JSON.stringify(context)), at_ms: context.atMs };
  await tx.db.insertInto('contexts').values({ person_id: person.id, ...kept })
    .onConflict((c) => c.column('person_id').doUpdateSet(kept)).execute();
}

/** Deletes what is too old to be used; gives how many. */
export async function forgetOldContexts(tx: Tx): Promise<number> {
  const result = await tx.db.deleteFrom('contexts').where('at_ms', '<', tx.nowMs - CONTEXT_LIFE_MS).executeTakeFirst();
  return Number(result.numDeletedRows);
}
