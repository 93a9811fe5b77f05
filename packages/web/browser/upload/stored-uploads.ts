import { signal } from '@preact/signals';
import { defaultOptions, type PreviousUpload } from 'tus-js-client';
import { call, Refusal } from '../state/api.ts';
import { session } from '../state/session.ts';
import { addUpload, change, newKey, removeUpload, uploads, type UploadView } from './uploads.ts';

/** Of somebody else in the same browser nothing is shown. */
function prefix(): string {
  return `clipscribe:${session.value?.email ?? ''}:`;
}

/** Tells a file from others as well as a page can; the same file chosen again goes on where it stood. */
export function fingerprintOf({ name, size, lastModified }: File): string {
  return `${prefix()}${size}:${lastModified}:${name}`;
}

const shown = new Map<string, string>();

/** Uploads that an earlier visit began. A page loses its files in a reload: they have to be chosen once more. */
export const storedUploads = {
  /** Lists those that the server still has. */
  async show(): Promise<void> {
    for (const previous of await storage().findAllUploads()) {
      const fingerprint = previous.urlStorageKey.replace(/^tus::/, '').replace(/::\d+$/, '');
      if (fingerprint.startsWith(prefix()) && !shown.has(fingerprint)) await showOne(fingerprint, previous);
    }
  },

  /** The file is here again: its upload goes on as an ordinary one. */
  forgetShown(file: File): void {
    const key = shown.get(fingerprintOf(file));
    if (key !== undefined) removeUpload(key);
  },
};

async function showOne(
  fingerprint: string,
  { uploadUrl, urlStorageKey, size, metadata }: PreviousUpload,
): Promise<void> {
  const path = uploadUrl === null ? '' : new URL(uploadUrl, location.href).pathname;
  const sent = await offsetOf(path);
  if (sent === null) {
    await storage().removeUpload(urlStorageKey);
    return;
  }
  const name = metadata['filename'] ?? '';
  // One that was begun anew meanwhile is in the list already.
  if (uploads.value.some(({ view }) => view.value.name === name && view.value.bytes === size)) return;
  const key = newKey();
  const view = signal<UploadView>({ state: 'interrupted', name, bytes: size ?? 0, sent, rate: 0 });
  const discard = (): void => {
    change(view, { state: 'paused' });
    removeUpload(key);
    void storage().removeUpload(urlStorageKey);
    // What cannot be removed now expires by itself.
    void call(path, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } }).catch(() => undefined);
  };
  shown.set(fingerprint, key);
  addUpload({ key, view, discard, pause: () => undefined, resume: () => undefined });
}

/** How many bytes the server has; null when the upload is over or gone. */
async function offsetOf(path: string): Promise<number | null> {
  try {
    const answer = await call(path, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } });
    const offset = Number(answer.headers.get('upload-offset'));
    return offset === Number(answer.headers.get('upload-length')) ? null : offset;
  } catch (error) {
    if (error instanceof Refusal && error.status < 500 && error.status !== 423) return null;
    throw error;
  }
}

function storage(): (typeof defaultOptions)['urlStorage'] {
  return defaultOptions.urlStorage;
}
