/** The least that an attempt waits for which there is no room. */
const WAIT_MS = 5000;
const MAX_WAIT_MS = 15 * 60 * 1000;

interface Share {
  active: number;
  /** How many were turned away since there was room. */
  waiting: number;
}

/**
 * Keeps the receivers of one owner from taking all slots: when they hang, each attempt takes as long as it may, and
 * everybody else would wait for them. Who is turned away waits the longer the more do, so that they come back by and by.
 */
export class OwnerShares {
  readonly #limit: number;
  readonly #shares = new Map<string, Share>();

  /** @param limit attempts of one owner at a time */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a place, and gives it back with `leave`; or else tells in how many ms there may be one. */
  enter(ownerId: string): { leave: () => void } | { waitMs: number } {
    const share = this.#shares.get(ownerId) ?? { active: 0, waiting: 0 };
    if (share.active >= this.#limit) {
      share.waiting += 1;
      const turn = Math.ceil(share.waiting / this.#limit);
      return { waitMs: Math.min(turn * WAIT_MS, MAX_WAIT_MS) };
    }
    share.active += 1;
    this.#shares.set(ownerId, share);
    return {
      leave: () => {
        share.active -= 1;
        if (share.active === 0) this.#shares.delete(ownerId);
      },
    };
  }
}
