import { pino, type DestinationStream, type Logger } from 'pino';
import { contextFields } from './trace-context.ts';

export type Log = Logger;

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/**
 * One JSON object a line, on standard error by default so that standard output stays for people. Lines carry the ids of
 * the job and the trace that the work is about which writes them.
 */
export function createLog(
  service: string,
  options: { level?: (typeof logLevels)[number]; destination?: DestinationStream } = {},
): Log {
  return pino(
    {
      level: options.level ?? 'info',
      base: { service },
      mixin: () => contextFields(),
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ['authorization', 'password', 'token', '*.authorization', '*.password', '*.token'],
        remove: true,
      },
    },
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

/** A log that says nothing, for tests. */
export const silentLog: Log = pino({ level: 'silent' });
