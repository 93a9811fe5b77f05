import { StartError } from '@clipscribe/runtime';
import type { RowDataPacket } from 'mysql2/promise';
import type { MysqlConnection } from './mysql-connections.ts';

/**
 * Capitals and accents count, as in SQLite; blanks at the end do not, but no address ends with one. Of the collations
 * that do so, this is the one that both MySQL and MariaDB have.
 */
const TABLE = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/**
 * One entry a schema version; entries are only ever added, here and in /init.sql. These statements commit by
 * themselves, so that one which was interrupted is run again: each must do no harm the second time.
 * Times are ms since the epoch. Ids grow with time (UUID version 7), so that their order is that of making.
 */
const migrations = [
  [
    `CREATE TABLE IF NOT EXISTS users (
       id VARCHAR(36) NOT NULL,
       email VARCHAR(254) NOT NULL,
       password_hash VARCHAR(255) NOT NULL,
       role VARCHAR(16) NOT NULL,
       disabled TINYINT NOT NULL DEFAULT 0,
       created_at BIGINT NOT NULL,
       tokens_valid_from BIGINT NOT NULL DEFAULT 0,
       PRIMARY KEY (id),
       UNIQUE KEY users_by_email (email),
       KEY users_by_role (role),
       CONSTRAINT users_role CHECK (role IN ('user', 'admin')),
       CONSTRAINT users_disabled CHECK (disabled IN (0, 1))
     ) ${TABLE}`,
    `CREATE TABLE IF NOT EXISTS revoked_tokens (
       id VARCHAR(36) NOT NULL,
       expires_at BIGINT NOT NULL,
       PRIMARY KEY (id),
       KEY revoked_tokens_by_expiry (expires_at)
     ) ${TABLE}`,
  ],
  [
    `CREATE TABLE IF NOT EXISTS sign_in_attempts (
       id VARCHAR(64) NOT NULL,
       times TEXT NOT NULL,
       expires_at BIGINT NOT NULL,
       PRIMARY KEY (id),
       KEY sign_in_attempts_by_expiry (expires_at)
     ) ${TABLE}`,
  ],
] as const;

const CREATE_VERSIONS = `CREATE TABLE IF NOT EXISTS schema_migrations (
  version INT NOT NULL,
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (version)
) ${TABLE}`;

/**
 * Held while the schema is changed. Such locks have names of at most 64 characters, are kept for a whole server, and
 * end with their connection.
 */
const LOCK = `LEFT(CONCAT('users:', DATABASE()), 64)`;
const LOCK_WAIT_SECONDS = 10;

/** ER_NO_SUCH_TABLE */
const NO_SUCH_TABLE = 1146;

/**
 * Brings the database to the newest schema; safe when several processes start at once. A database that is up to
 * date is only read, so that an account without the rights to change the schema will do then.
 * @throws StartError when a newer release has written the database, whose schema this one does not know
 */
export async function migrateMysql(connection: MysqlConnection): Promise<void> {
  if ((await readVersion(connection)) === migrations.length) return;
  await withSchemaLock(connection, async () => {
    await connection.execute(CREATE_VERSIONS);
    const version = await readVersion(connection);
    for (const [index, statements] of migrations.entries()) {
      if (index < version) continue;
      for (const statement of statements) await connection.execute(statement);
      await recordVersion(connection, index + 1);
    }
  });
}

/** 0 for a new database. */
async function readVersion(connection: MysqlConnection): Promise<number> {
  const version = await queryVersion(connection);
  if (version <= migrations.length) return version;
  throw new StartError(
    'the database of the user store was written by a newer release; start that release, or restore a backup',
  );
}

async function queryVersion(connection: MysqlConnection): Promise<number> {
  try {
    const sql = 'SELECT MAX(version) AS version FROM schema_migrations';
    const [rows] = await connection.execute<RowDataPacket[]>(sql);
    return Number(rows[0]?.['version'] ?? 0);
  } catch (error) {
    if (error instanceof Error && 'errno' in error && error.errno === NO_SUCH_TABLE) return 0;
    throw error;
  }
}

async function recordVersion(connection: MysqlConnection, version: number): Promise<void> {
  const sql = `INSERT INTO schema_migrations (version, applied_at)
               VALUES (?, ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000))`;
  await connection.execute(sql, [version]);
}

async function withSchemaLock(connection: MysqlConnection, work: () => Promise<void>): Promise<void> {
  const sql = `SELECT GET_LOCK(${LOCK}, ?) AS locked`;
  const [rows] = await connection.execute<RowDataPacket[]>(sql, [LOCK_WAIT_SECONDS]);
  if (rows[0]?.['locked'] !== 1) throw new Error('another process is changing the schema');
  await work();
  // After a failure the connection is given up, and the lock with it.
  await connection.execute(`SELECT RELEASE_LOCK(${LOCK})`);
}
