import { describe, expect, it } from '@jest/globals';
import type { UserStore } from '../src/user-store.ts';

const now = 1_700_000_000_123;
const later = now + 900_000;

/** What every user store must do with the attempts that it counts. */
export function describeAttempts(store: () => UserStore): void {
  describe('attempts', () => {
    it('are none under a key that was never used', async () => {
      expect(await store().attempts('key')).toEqual([]);
    });

    it('are kept under their key, in their order', async () => {
      expect(await store().replaceAttempts('key', [], [now], later)).toBe(true);
      expect(await store().replaceAttempts('key', [now], [now, now, now + 5], later)).toBe(true);
      expect(await store().replaceAttempts('Key', [], [1], later)).toBe(true);
      expect(await store().attempts('key')).toEqual([now, now, now + 5]);
      expect(await store().attempts('Key')).toEqual([1]);
    });

    it('can be a thousand', async () => {
      const many = Array.from({ length: 1000 }, (_, n) => now + n);
      await store().replaceAttempts('key', [], many, later);
      expect(await store().attempts('key')).toEqual(many);
    });

    it('are replaced only by who has read the newest', async () => {
      await store().replaceAttempts('key', [], [now], later);
      expect(await store().replaceAttempts('key', [], [now], later)).toBe(false);
      expect(await store().replaceAttempts('key', [now + 1], [now, now + 1], later)).toBe(false);
      expect(await store().replaceAttempts('key', [now + 1], [], later)).toBe(false);
      expect(await store().attempts('key')).toEqual([now]);
    });

    it('can be forgotten, once', async () => {
      await store().replaceAttempts('key', [], [now], later);
      await store().replaceAttempts('other', [], [now], later);
      expect(await store().replaceAttempts('key', [now], [], later)).toBe(true);
      expect(await store().replaceAttempts('key', [now], [], later)).toBe(false);
      expect(await store().attempts('key')).toEqual([]);
      expect(await store().attempts('other')).toEqual([now]);
      expect(await store().replaceAttempts('key', [], [now + 1], later)).toBe(true);
    });

    it('are dropped when they need not be kept any longer', async () => {
      await store().replaceAttempts('early', [], [now], later - 1);
      await store().replaceAttempts('exact', [], [now], later);
      await store().replaceAttempts('late', [], [now], later - 1);
      await store().replaceAttempts('late', [now], [now, now], later + 1);
      expect(await store().dropOldAttempts(later)).toBe(1);
      expect(await store().attempts('early')).toEqual([]);
      expect(await store().attempts('exact')).toEqual([now]);
      expect(await store().attempts('late')).toEqual([now, now]);
      expect(await store().dropOldAttempts(later)).toBe(0);
    });
  });
}
