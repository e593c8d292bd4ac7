import { sql, type Kysely } from 'kysely';
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import type { Tables } from './schema.ts';

/**
 * Lets PostgreSQL plan each statement once a connection instead of once a call: our statements are few and always the
 * same, and on a small machine planning costs more than running them. A connection on which a statement has no answer
 * within `answerMs` is closed: the server that should have ended it is halted, or out of reach.
 */
export function preparing(pool: pg.Pool, answerMs: number): PostgresPool {
  const names = new Map<string, string>();
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect();
      const known = wrapped.get(client) ?? new PreparingClient(client, names, answerMs);
      wrapped.set(client, known);
      return known;
    },
  };
}

const TAKE_TIME = "select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)";

/** Frees the running transaction of the server's bounds and of ours, for work that may take an hour: new tables, a whole store copied. */
export async function takeTime(db: Kysely<Tables>): Promise<void> {
  await sql.raw(TAKE_TIME).execute(db);
}

/** Statements whose text varies, as lists of ids do, must not fill the server's memory with plans. */
const MOST_NAMES = 200;
const UNPREPARED = /^\s*(begin|commit|rollback|vacuum)|\bin \(\$/i;

/** Kysely asks which of these it was; the others it treats as reading. */
const COMMANDS = ['UPDATE', 'DELETE', 'INSERT', 'SELECT', 'MERGE', 'COMMIT', 'ROLLBACK'] as const;

class PreparingClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #names: Map<string, string>;
  readonly #answerMs: number;
  #takesTime = false;

  constructor(client: pg.PoolClient, names: Map<string, string>, answerMs: number) {
    this.#client = client;
    this.#names = names;
    this.#answerMs = answerMs;
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(statement: string | PostgresCursor<R>, parameters: readonly unknown[] = []): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof statement !== 'string') throw new Error('this store does not read through cursors');
    const name = this.#nameOf(statement);
    const values = [...parameters];
    return this.#run<R>(name === undefined ? { text: statement, values } : { name, text: statement, values });
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy);
  }

  async #run<R>(statement: pg.QueryConfig<unknown[]>): Promise<PostgresQueryResult<R>> {
    if (statement.text === TAKE_TIME) this.#takesTime = true;
    // With a statement under way, its connection is cut off rather than closed in good order.
    const timer = this.#takesTime ? undefined : setTimeout(() => { this.#client.end().catch(() => undefined); }, this.#answerMs);
    const { command, rowCount, rows } = await this.#client.query<R & pg.QueryResultRow, unknown[]>(statement).finally(() => { clearTimeout(timer); });
    if (command === 'COMMIT' || command === 'ROLLBACK') this.#takesTime = false;
    return { command: COMMANDS.find((known) => known === command) ?? 'SELECT', rowCount: rowCount ?? 0, rows };
  }

  #nameOf(statement: string): string | undefined {
    if (UNPREPARED.test(statement)) return undefined;
    const known = this.#names.get(statement);
    if (known !== undefined || this.#names.size >= MOST_NAMES) return known;
    const name = `s${this.#names.size}`;
    this.#names.set(statement, name);
    return name;
  }
}
