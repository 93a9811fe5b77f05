import { UnavailableError } from '@clipscribe/runtime';

/** The command was understood and could not be carried out; each line is for the operator to read. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** What the operator is told of an error, without the names of classes and places in code. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof UnavailableError)) return error.message;
  const why = causeOf(error);
  return why === '' ? `the ${error.message}` : `the ${error.message}: ${why}`;
}

/** The first cause that has something to say: a refused connection to several addresses has no text of its own. */
function causeOf(error: Error): string {
  const { cause } = error;
  if (!(cause instanceof Error)) return '';
  if (cause.message !== '') return cause.message;
  return 'code' in cause ? String(cause.code) : causeOf(cause);
}
