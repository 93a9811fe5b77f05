import type { Me } from '@clipscribe/contracts';
import { signal } from '@preact/signals';
import { ask } from './api.ts';

/** Limits, usage and wishes of the person; null before they were loaded. */
export const me = signal<Me | null>(null);

export async function loadMe(): Promise<Me> {
  me.value = await ask<Me>('/me');
  return me.value;
}

export async function changeMails(mail: Partial<Me['mail']>): Promise<void> {
  me.value = await ask<Me>('/me', { method: 'PATCH', json: { mail } });
}
