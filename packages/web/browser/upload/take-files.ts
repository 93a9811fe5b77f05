import { signal } from '@preact/signals';
import { me } from '../state/me.ts';
import { candidate, refuseFile } from './refuse-file.ts';
import { sendFile } from './send-file.ts';
import { addUpload, newKey, options, removeUpload, type UploadView } from './uploads.ts';

/** Uploads these files, apart from those of which it is clear that they are no recordings. */
export async function takeFiles(files: Iterable<File>): Promise<void> {
  for (const file of [...files]) {
    const reason = refuseFile(await candidate(file), me.value?.limits.uploadBytes);
    if (reason === undefined) sendFile(file, options.value);
    else showRefused(file, reason);
  }
}

function showRefused({ name, size }: File, reason: string): void {
  const key = newKey();
  const view = signal<UploadView>({ state: 'refused', name, bytes: size, sent: 0, rate: 0, reason });
  const nothing = (): void => undefined;
  const discard = (): void => {
    removeUpload(key);
  };
  addUpload({ key, view, discard, pause: nothing, resume: nothing });
}
