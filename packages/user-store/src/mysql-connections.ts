import type { Socket } from 'node:net';
import { createPool, type Connection, type Pool, type PoolConnection } from 'mysql2/promise';
import type { MysqlAddress } from './mysql-address.ts';
import { asMysqlError, isRefusal, unavailable } from './mysql-errors.ts';
import { unlessAborted } from './unless-aborted.ts';

/** A statement takes about a millisecond, so ten at a time are thousands a second. */
const MOST_CONNECTIONS = 10;
const MOST_IDLE = 2;
const IDLE_MS = 60_000;

/** So many calls may wait for a connection, about as long as a call may take; the next is refused at once. */
const MOST_WAITING = 2000;

/** Until the server has answered and let us in. */
const CONNECT_MS = 1000;

/** Good-byes may take so long; then sockets are just closed. */
const CLOSE_MS = 1000;

/**
 * Every value is stored as it is or refused; each statement is committed when it returns; and one that has to wait
 * for a lock gives up after a second, so that few are carried out after their callers were told that they failed.
 */
const SESSION = `SET SESSION sql_mode = 'TRADITIONAL', SESSION autocommit = 1,
  SESSION innodb_lock_wait_timeout = 1, SESSION lock_wait_timeout = 1`;

/** What is done with a connection: prepared statements, one after the other. */
export type MysqlConnection = Pick<Connection, 'execute'>;

/** A few connections to one database, made when they are needed and again after they were lost. */
export class MysqlConnections {
  readonly #pool: Pool;
  readonly #sockets = new Set<Socket>();
  readonly #inSession = new WeakSet<Connection>();
  #closed: Promise<void> | undefined;

  /** Does not connect yet. */
  constructor({ tls, ...address }: MysqlAddress) {
    this.#pool = createPool({
      ...address,
      ...(tls ? { ssl: { rejectUnauthorized: true, verifyIdentity: true } } : {}),
      charset: 'utf8mb4_bin',
      connectTimeout: CONNECT_MS,
      enableKeepAlive: true,
      keepAliveInitialDelay: 10_000,
      connectionLimit: MOST_CONNECTIONS,
      maxIdle: MOST_IDLE,
      idleTimeout: IDLE_MS,
      queueLimit: MOST_WAITING,
      multipleStatements: false,
    });
    this.#pool.on('connection', (connection) => {
      this.#watch(connection);
    });
  }

  /**
   * Lends a connection until `work` is done or the signal fires, which fails what `work` still waits for.
   * @throws UnavailableError
   */
  async use<T>(signal: AbortSignal, work: (connection: MysqlConnection) => Promise<T>): Promise<T> {
    const connection = await this.#acquire(signal);
    const onAbort = (): void => {
      cut(connection, signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await this.#enterSession(connection);
      const result = await work(connection);
      connection.release();
      return result;
    } catch (error) {
      if (isRefusal(error)) connection.release();
      else cut(connection, error);
      throw asMysqlError(error);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Lets what is under way finish for a second. Safe to call twice. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #acquire(signal: AbortSignal): Promise<PoolConnection> {
    const coming = this.#pool.getConnection();
    try {
      return await unlessAborted(coming, signal);
    } catch (error) {
      // It may still come, and then it is for somebody else.
      coming.then(
        (late) => {
          late.release();
        },
        () => undefined,
      );
      throw unavailable(error);
    }
  }

  async #enterSession(connection: PoolConnection): Promise<void> {
    if (this.#inSession.has(connection.connection)) return;
    await connection.execute(SESSION);
    this.#inSession.add(connection.connection);
  }

  #watch(connection: PoolConnection): void {
    // Whoever uses the connection learns of its errors, and the pool drops it; that is all there is to do.
    connection.on('error', () => undefined);
    const socket = socketOf(connection);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  async #close(): Promise<void> {
    const signal = AbortSignal.timeout(CLOSE_MS);
    const sockets = [...this.#sockets];
    const gone = sockets.map(closeOf);
    const ended = this.#pool.end().then(() => Promise.all(gone));
    // A server that does not answer hears no good-byes.
    await unlessAborted(ended, signal).catch(() => undefined);
    for (const socket of sockets) socket.destroy();
  }
}

/** Ends a connection without waiting for the other side, and fails what is under way on it. */
function cut({ connection }: PoolConnection, reason: unknown): void {
  const error = new Error('the connection was given up', { cause: reason });
  socketOf(connection).destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
}

/**
 * The socket of a connection. The driver's own destroy() only closes our half of it, and a server that is silent
 * never closes the other. Its types do not declare the socket, hence the cast.
 */
function socketOf(connection: Connection): Socket {
  return (connection as Connection & { stream: Socket }).stream;
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
}
