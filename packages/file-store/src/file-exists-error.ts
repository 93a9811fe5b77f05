/** An id stands for one file for ever, and this one is taken. */
export class FileExistsError extends Error {
  override readonly name = 'FileExistsError';
  readonly code = 'FILE_EXISTS';

  /** `place` is where the file stands, in the words of the store. */
  constructor(place: string, options: { cause?: unknown } = {}) {
    super(`there is a file already at ${place}`, options);
  }
}
