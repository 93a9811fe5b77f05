import { UnavailableError } from '@clipscribe/runtime';
import type { ExecuteValues, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { MysqlAddress } from './mysql-address.ts';
import { MysqlConnections, type MysqlConnection } from './mysql-connections.ts';
import { isDeadlock, isDuplicate, unavailable } from './mysql-errors.ts';
import { migrateMysql } from './mysql-schema.ts';
import { unlessAborted } from './unless-aborted.ts';

/** The whole of a call, with waiting for a connection; callers promise their own callers 2 s. */
const CALL_MS = 1200;

/** A migration may wait for that of another process, and for tables that are in use. */
const SETUP_MS = 30_000;

/** Statements with parameters on a database that the first of them brings to the newest schema. */
export class MysqlStatements {
  readonly #connections: MysqlConnections;
  #setUp: Promise<void> | undefined;

  /** Does not connect yet. */
  constructor(address: MysqlAddress) {
    this.#connections = new MysqlConnections(address);
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  /** False when the row was there before. */
  async insert(sql: string, values: ExecuteValues): Promise<boolean> {
    try {
      await this.matches(sql, values);
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /** How many rows a statement was about, whether they were so already or not: the driver asks for FOUND_ROWS. */
  async matches(sql: string, values: ExecuteValues): Promise<number> {
    const [header] = await this.#call((connection) => connection.execute<ResultSetHeader>(sql, values));
    return header.affectedRows;
  }

  async rows(sql: string, values: ExecuteValues): Promise<RowDataPacket[]> {
    const [rows] = await this.#call((connection) => connection.execute<RowDataPacket[]>(sql, values));
    return rows;
  }

  /** A statement that was rolled back because of another one is tried again, as the server advises. */
  async #call<T>(work: (connection: MysqlConnection) => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(CALL_MS);
    await this.#beSetUp(signal);
    for (;;) {
      try {
        return await this.#connections.use(signal, work);
      } catch (error) {
        if (!isDeadlock(error) || signal.aborted) throw error;
      }
    }
  }

  /** The migration goes on when the caller cannot wait any more; one that failed is tried again by the next call. */
  async #beSetUp(signal: AbortSignal): Promise<void> {
    this.#setUp ??= this.#migrate();
    try {
      await unlessAborted(this.#setUp, signal);
    } catch (error) {
      throw error instanceof UnavailableError ? error : unavailable(error);
    }
  }

  async #migrate(): Promise<void> {
    try {
      await this.#connections.use(AbortSignal.timeout(SETUP_MS), migrateMysql);
    } catch (error) {
      this.#setUp = undefined;
      throw error;
    }
  }
}
