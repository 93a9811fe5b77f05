import { HttpProblem } from '@clipscribe/runtime';
import { MIN_BYTES_PER_SECOND } from '../upload/arrival-rate.ts';

/** What is somebody else's does not exist. */
export function noSuchUpload(): HttpProblem {
  return new HttpProblem('NOT_FOUND', 'You have no upload with this id. POST /uploads begins a new one.');
}

export function expired(): HttpProblem {
  return new HttpProblem('UPLOAD_EXPIRED', 'Nobody went on with this upload in time. Begin a new one.');
}

/** Another request has the upload, or asked this one to let go of it. */
export function locked(): HttpProblem {
  const detail = 'Another request is at this upload. Ask with HEAD where it stands, then go on there.';
  return new HttpProblem('UPLOAD_LOCKED', detail, { headers: { 'Retry-After': '1' } });
}

export function finished(): HttpProblem {
  return new HttpProblem('UPLOAD_FINISHED', 'This upload is a job already: DELETE /jobs/ID removes it.');
}

export function stalled(): HttpProblem {
  const floor = String(MIN_BYTES_PER_SECOND);
  const detail = `The upload stopped, or sends less than ${floor} bytes a second. Ask with HEAD where it stands, then go on.`;
  return new HttpProblem('UPLOAD_STALLED', detail);
}

/** An error of the tus library, which are objects or errors with an HTTP status; other errors stay as they are. */
export function asUploadProblem(error: unknown): unknown {
  const status =
    typeof error === 'object' && error !== null && 'status_code' in error ? error.status_code : 0;
  if (status === 404) return noSuchUpload();
  if (status === 409) {
    const detail = 'Upload-Offset is not where the upload stands. Ask with HEAD where that is.';
    return new HttpProblem('OFFSET_MISMATCH', detail);
  }
  if (status === 413)
    return new HttpProblem('TOO_LARGE', 'There are more bytes than Upload-Length and MAX_UPLOAD allow.');
  if (status === 400) return new HttpProblem('BAD_REQUEST', 'This is no request of tus 1.0.0.');
  return error;
}
