-- The database of the auth service on MySQL 8.4 or MariaDB 10.11: database, tables, account. Run it as an
-- administrator, as often as you like; what is there already is not changed:
--
--   mysql --user=root --password < init.sql          (MariaDB calls its client "mariadb")
--
-- The account is made locked and without a password. This one statement sets one and opens it, also later, to change
-- it; running this file again leaves it alone:
--
--   ALTER USER 'clipscribe_auth'@'%' IDENTIFIED BY '<a long random password>' ACCOUNT UNLOCK;
--
-- Then set USERS_URL=mysql://clipscribe_auth:<password>@<host>:3306/clipscribe for the auth service, with ?tls=true
-- at its end where the way to the server can be listened to. Keep the server's innodb_flush_log_at_trx_commit at its
-- default of 1: with another value, changes that were confirmed may be lost with the machine.

CREATE DATABASE IF NOT EXISTS clipscribe DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

USE clipscribe;

-- The tables are those that the service makes when it starts (packages/user-store/src/mysql-schema.ts); a test
-- compares them. Times are milliseconds since 1970-01-01 UTC.

CREATE TABLE IF NOT EXISTS schema_migrations (
  version INT NOT NULL,
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (version)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS users (
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
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS revoked_tokens (
  id VARCHAR(36) NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY revoked_tokens_by_expiry (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Who tried to sign in how often, under keyed hashes of addresses: the table names nobody.
CREATE TABLE IF NOT EXISTS sign_in_attempts (
  id VARCHAR(64) NOT NULL,
  times TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY sign_in_attempts_by_expiry (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Only a new database is of these versions. One that an earlier release made is left to the service, which knows how
-- to change it.
INSERT INTO schema_migrations (version, applied_at)
SELECT version, ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000)
FROM (SELECT 1 AS version UNION ALL SELECT 2) AS versions,
  (SELECT COUNT(*) AS applied FROM schema_migrations) AS earlier
WHERE applied = 0;

CREATE USER IF NOT EXISTS 'clipscribe_auth'@'%' ACCOUNT LOCK;

-- Rows are read, added, changed and removed. CREATE, ALTER and INDEX are for new releases, whose auth service brings
-- the tables to their form when it starts. The account can neither drop nor lock tables, nor see other databases, nor
-- pass its rights on. Where the service shall not change the schema at all, take these three away after running this
-- file; it starts without them as long as the schema is the one it knows:
--
--   REVOKE CREATE, ALTER, INDEX ON clipscribe.* FROM 'clipscribe_auth'@'%';
--
-- and run this file again before a new release is started for the first time, which grants them again.

GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX ON clipscribe.* TO 'clipscribe_auth'@'%';
