export type Done = (error?: Error | null) => void;

/** Tells a stream, by the callback that it gave, how the work has ended. The work rejects with errors only. */
export function callBack(work: Promise<void>, done: Done): void {
  work.then(
    () => {
      done();
    },
    (error: unknown) => {
      done(error as Error); // as said above
    },
  );
}
