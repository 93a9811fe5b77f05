import type { OwnerSettings } from './owner-settings.ts';

/**
 * What owners have chosen: which mails they want, and their webhooks. An owner's settings are one document, and every
 * change of it is one compare-and-set. What a method has reported as done survives a crash. Throws UnavailableError
 * when the database cannot be reached.
 */
export interface OwnerStore {
  /** The defaults, with version 0, for an owner who never changed anything. */
  get: (ownerId: string) => Promise<OwnerSettings>;
  /**
   * Stores `settings` with the next version if the stored version is still `expectedVersion`.
   * @returns false when somebody else was faster
   */
  replace: (settings: OwnerSettings, expectedVersion: number) => Promise<boolean>;
  ping: () => Promise<void>;
  close: () => Promise<void>;
}

/** How often somebody else may be faster before something must be wrong with the store. */
const MAX_TRIES = 20;

/**
 * Applies a change to an owner's settings, again when somebody else was faster.
 * @returns the settings as stored; those found when `change` gives null, for nothing to change
 */
export async function changeSettings(
  store: OwnerStore,
  ownerId: string,
  change: (settings: OwnerSettings) => OwnerSettings | null,
): Promise<OwnerSettings> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const current = await store.get(ownerId);
    const next = change(current);
    if (next === null) return current;
    if (await store.replace(next, current.version)) return { ...next, version: current.version + 1 };
  }
  throw new Error(`the settings of ${ownerId} could not be changed in ${String(MAX_TRIES)} tries`);
}
