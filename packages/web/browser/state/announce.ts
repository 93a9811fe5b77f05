import { signal } from '@preact/signals';

/** What has happened last that can be seen in the page, for those who hear it. */
export const announcement = signal('');

export function announce(text: string): void {
  announcement.value = text;
}
