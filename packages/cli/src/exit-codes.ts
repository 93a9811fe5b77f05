/** What the process ends with. Stable: scripts may switch on them; docs/cli.md lists them. */
export const exitCodes = {
  ok: 0,
  /** Anything that has no code of its own, such as a file that cannot be read or written. */
  failed: 1,
  usage: 2,
  /** Not logged in, or no longer, or with wrong credentials. */
  notLoggedIn: 3,
  notFound: 4,
  /** The server understood, and refused (4xx). */
  refused: 5,
  /** The server cannot be reached or answers 5xx, also after retries. */
  unavailable: 6,
  /** A job that was waited for failed, was cancelled, or has its MP3 only. */
  jobNotDone: 7,
  /** 128 + the number of the signal, as shells have it. */
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
