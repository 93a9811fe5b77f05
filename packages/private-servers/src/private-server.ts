export type ServerKind = 'mariadb' | 'rabbitmq' | 'mongodb';

/** A backing server that was started for us alone: on loopback, on a port of its own, with its data in one folder. */
export interface PrivateServer {
  kind: ServerKind;
  /** Address with an administrator's credentials, such as `mysql://user:password@127.0.0.1:3456/`. */
  url: string;
  /** Of the server process itself, not of a wrapper. */
  readonly pid: number;
  /** Sends a signal; after SIGKILL or SIGTERM it resolves when the process is gone, after SIGSTOP when it stands still. */
  signal: (name: NodeJS.Signals) => Promise<void>;
  /** Starts it again, after it has ended, on the same folder and port; resolves when it takes connections. */
  restart: () => Promise<void>;
  /** Resolves when it has ended, for whatever reason. */
  ended: () => Promise<unknown>;
  /** Ends it in good order. */
  stop: () => Promise<void>;
}
