import { signal, type Signal } from '@preact/signals';
import { isSigningOut } from '../state/session.ts';

/**
 * waiting ─► sending ─► done (a job; the upload is gone from the list)
 *              ├──► paused ─► waiting
 *              ├──► offline ─► waiting, when the gateway can be reached again
 *              └──► failed ─► waiting, when the person tries again
 * refused is for files that are not uploaded at all; interrupted for those of which the page lost the file in a reload.
 */
export type UploadState = 'waiting' | 'sending' | 'paused' | 'offline' | 'failed' | 'refused' | 'interrupted';

export interface UploadView {
  state: UploadState;
  name: string;
  bytes: number;
  sent: number;
  /** Bytes a second over the last seconds; 0 while that is not known. */
  rate: number;
  /** Why it failed or was refused. */
  reason?: string;
}

/** What is said of recordings with their upload. */
export interface UploadOptions {
  language: string;
  prompt: string;
  transcript: boolean;
}

export interface UploadEntry {
  key: string;
  view: Signal<UploadView>;
  pause: () => void;
  resume: () => void;
  /** Gives it up, here and on the server. */
  discard: () => void;
}

/** In the order in which they were chosen. */
export const uploads = signal<readonly UploadEntry[]>([]);

export const options = signal<UploadOptions>({ language: '', prompt: '', transcript: true });

const underWay: readonly UploadState[] = ['waiting', 'sending', 'offline'];

// A page that is left cannot send on. Its files have to be chosen once more then.
addEventListener('beforeunload', (event) => {
  if (!isSigningOut() && uploads.value.some(({ view }) => underWay.includes(view.value.state)))
    event.preventDefault();
});

export function addUpload(entry: UploadEntry): void {
  uploads.value = [...uploads.value, entry];
}

export function removeUpload(key: string): void {
  uploads.value = uploads.value.filter((entry) => entry.key !== key);
}

export function change(view: Signal<UploadView>, to: Partial<UploadView>): void {
  view.value = { ...view.value, ...to };
}

let count = 0;

export function newKey(): string {
  count += 1;
  return `upload-${count}`;
}
