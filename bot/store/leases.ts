import { sql, type RawBuilder } from 'kysely';

/**
 * How far apart the clocks of two processes may be: on two machines, by what keeps them right; on one, by the time between
 * the beginning of a transaction, which is its moment, and the query that compares.
 */
const CLOCKS_APART_MS = 60_000;

/**
 * Whether the lease that `lease_until_ms` tells of is over: it has run out, or lies further off than any lease lasts, so
 * that a clock must have written it which has since been set back. False where there is no lease.
 */
export function leaseIsOver(column: 'lease_until_ms' | 'o.lease_until_ms', nowMs: number, leaseMs: number): RawBuilder<boolean> {
  const until = sql.ref(column);
  return sql<boolean>`(${until} is not null and (${until} < ${nowMs} or ${until} > ${nowMs + leaseMs + CLOCKS_APART_MS}))`;
}
