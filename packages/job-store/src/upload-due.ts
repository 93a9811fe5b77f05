import { isComplete, type ResumableUpload } from '@clipscribe/contracts';

/** When a resumable upload has to be looked at: at once when only the job is missing, else when it expires. */
export function uploadDueAt(upload: ResumableUpload): number {
  return isComplete(upload) ? 0 : upload.expiresAt;
}
