import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { inTransaction } from './sqlite.ts';
import { asSqliteError } from './sqlite-errors.ts';

export type SqliteRow = Record<string, SQLOutputValue>;

/** Prepares each statement once, and names failures by the role that the database has, as in "job store". */
export class SqliteStatements {
  readonly #db: DatabaseSync;
  readonly #role: string;
  readonly #prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  constructor(db: DatabaseSync, role: string) {
    this.#db = db;
    this.#role = role;
  }

  /** Runs a statement to its end, so that it is committed on return; gives how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.#named(() => Number(this.#prepare(sql).run(...values).changes));
  }

  /** As `run`, but gives the rows. */
  rows(sql: string, ...values: SQLInputValue[]): SqliteRow[] {
    return this.#named(() => this.#prepare(sql).all(...values));
  }

  /** As `run`, but gives the first row. */
  row(sql: string, ...values: SQLInputValue[]): SqliteRow | undefined {
    return this.#named(() => this.#prepare(sql).get(...values));
  }

  /** Runs several statements as one: all of them are committed, or none. */
  inTransaction<T>(work: () => T): T {
    return this.#named(() => inTransaction(this.#db, work));
  }

  #prepare(sql: string): ReturnType<DatabaseSync['prepare']> {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  #named<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asSqliteError(error, this.#role);
    }
  }
}
