import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { isOutOfSpace, UnavailableError } from '@clipscribe/runtime';

export type Row = Record<string, SQLOutputValue>;

/** Prepares each statement once, and names its failures as the port does. */
export class SqliteStatements {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Runs a statement to its end, so that it is committed on return; gives how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return named(() => Number(this.#prepare(sql).run(...values).changes));
  }

  /** As `run`, but gives the rows. */
  rows(sql: string, ...values: SQLInputValue[]): Row[] {
    return named(() => this.#prepare(sql).all(...values));
  }

  #prepare(sql: string): ReturnType<DatabaseSync['prepare']> {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

/** @throws UnavailableError for every failure of the database but a full disk, which has a name of its own. */
export function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isOutOfSpace(error) || error instanceof UnavailableError
      ? error
      : new UnavailableError('job queue', { cause: error });
  }
}
