/** A backing service cannot be reached or does not answer in time; trying again later may work. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  /** Its role, as in "job store". */
  readonly service: string;

  constructor(service: string, options: { cause?: unknown } = {}) {
    super(`${service} is not available`, options);
    this.service = service;
  }
}

/** True for a full disk or quota, whichever layer reports it. */
export function isOutOfSpace(error: unknown): boolean {
  // By its form, not by class: errors of Node itself may come from another realm.
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true;
  // SQLITE_FULL, https://sqlite.org/rescode.html#full
  return 'errcode' in error && error.errcode === 13;
}
