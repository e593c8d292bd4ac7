import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';

/**
 * Lets PostgreSQL plan each statement once a connection instead of once a call: our statements are few and always the
 * same, and on a small machine planning costs more than running them.
 */
export function preparing(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>();
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect();
      const known = wrapped.get(client) ?? new PreparingClient(client, names);
      wrapped.set(client, known);
      return known;
    },
  };
}

/** Statements whose text varies, as lists of ids do, must not fill the server's memory with plans. */
const MOST_NAMES = 200;
const UNPREPARED = /^\s*(begin|commit|rollback|vacuum)|\bin \(\$/i;

/** Kysely asks which of these it was; the others it treats as reading. */
const COMMANDS = ['UPDATE', 'DELETE', 'INSERT', 'SELECT', 'MERGE', 'COMMIT', 'ROLLBACK'] as const;

class PreparingClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #names: Map<string, string>;

  constructor(client: pg.PoolClient, names: Map<string, string>) {
    this.#client = client;
    this.#names = names;
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
    const { command, rowCount, rows } = await this.#client.query<R & pg.QueryResultRow, unknown[]>(statement);
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
