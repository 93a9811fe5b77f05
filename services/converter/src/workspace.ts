/** Gives out empty temporary folders. */
export interface Workspace {
  /** Runs work with a folder of its own, which is gone afterwards, however the work ends. */
  use: <T>(work: (folder: string) => Promise<T>) => Promise<T>;
}
