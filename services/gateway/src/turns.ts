/** Runs tasks one after the other, so that large ones are not in memory all at the same time. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs the task after all that were given before; whether those fail does not matter to it. */
  take<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
