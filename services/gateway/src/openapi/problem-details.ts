import type { ProblemCode } from '@clipscribe/contracts';

/** A sentence for each code as its `detail` may be, for examples. What is sent names the value that is wrong. */
export const problemDetails: Readonly<Record<ProblemCode, string>> = {
  BAD_REQUEST: 'The address or the body of the request is malformed.',
  INVALID_JSON: 'Send a well-formed JSON object.',
  INVALID_INPUT: 'limit: too big: expected number to be <=100.',
  WEBHOOK_URL_REFUSED: 'url: the address is one of a private network.',
  INVALID_OPTION: 'quality: must be one of V0, V1, V2.',
  INVALID_MULTIPART: 'The upload is cut off or not well-formed. Send it again.',
  INVALID_METADATA: 'Upload-Metadata must be pairs such as "filename dGFsay5tcDQ=", separated by commas.',
  INVALID_CHECKSUM: 'Upload-Checksum must be one of sha1, sha256, sha512, a space, and the digest as base64.',
  NO_FILE: 'Put at least one file into the upload, as with curl -F file=@video.mp4.',
  TOO_MANY_FILES: 'One upload may have at most 20 files. Split it into several uploads.',
  TOO_MANY_FIELDS: 'One upload may have at most 20 fields. Split it into several uploads.',
  UNKNOWN_FORMAT: 'Use one of: txt, srt, vtt, json, tsv.',
  WEAK_PASSWORD: 'Use a password of at least 12 characters; four unrelated words are good.',
  NO_TOKEN: 'Send "Authorization: Bearer TOKEN" with the token that POST /login gives.',
  INVALID_TOKEN: 'The token is expired, revoked or not ours. Log in again.',
  WRONG_CREDENTIALS: 'The e-mail address or the password is wrong.',
  REGISTRATION_CLOSED: 'Ask the operator of this server for an account.',
  NOT_FOUND: 'You have no job with this id. GET /jobs lists yours.',
  METHOD_NOT_ALLOWED: 'Use HEAD or PATCH or DELETE here, not POST.',
  NOT_ACCEPTABLE: 'Accept one of text/plain, application/json, or use ?format= with one of txt, json.',
  REQUEST_TIMEOUT: 'The body must arrive within 30 seconds. Send it again.',
  UPLOAD_STALLED:
    'The upload stopped, or sends less than 1000 bytes a second. Ask with HEAD where it stands, then go on.',
  EMAIL_TAKEN: 'Sign in with POST /login, or register with another address.',
  OWN_ACCOUNT: 'Ask another administrator to do this.',
  NOT_RETRYABLE: 'The job is succeeded. Only failed, partial or cancelled jobs can be retried.',
  NOT_CANCELLABLE: 'The job is succeeded already. DELETE /jobs/ID removes it.',
  NOT_TRANSCRIBABLE: 'The job was failed before it had an MP3. POST /jobs/ID/retry runs it once more.',
  TOO_MANY_VERSIONS: 'A job may have 20 versions of its transcript. Upload the file again for more.',
  TOO_MANY_WEBHOOKS: 'You have 10 webhooks, which is as many as there may be. Delete one first.',
  NOT_REPLAYABLE: 'This delivery is still under way; it is tried again by itself.',
  SOURCE_EXPIRED:
    'The uploaded file was kept until 2026-03-01T00:00:00.000Z, and is needed for that. Upload it again.',
  NOT_READY: 'The MP3 is not ready yet; the job is converting. GET /jobs/ID/events follows it.',
  NOT_AVAILABLE: 'This job was cancelled and has no MP3.',
  OFFSET_MISMATCH: 'Upload-Offset is not where the upload stands. Ask with HEAD where that is.',
  UPLOAD_FINISHED: 'This upload is a job already: DELETE /jobs/ID removes it.',
  UPLOAD_EXPIRED: 'Nobody went on with this upload in time. Begin a new one.',
  TUS_VERSION: 'Send the header "Tus-Resumable: 1.0.0".',
  RESULT_EXPIRED:
    'The MP3 was kept until 2026-03-01T00:00:00.000Z. Upload the file again to have it once more.',
  TOO_LARGE: 'One upload may have at most 10,000 MB. Send fewer or smaller files.',
  STORAGE_QUOTA_EXCEEDED:
    'Your files may take 50,000 MB, and 49,990 MB of that are used. Delete jobs to make room.',
  UNSUPPORTED_TYPE: 'Send a JSON object with Content-Type: application/json.',
  RANGE_NOT_SATISFIABLE: 'The file has 48077 bytes.',
  EMPTY_FILE: 'The file "talk.mp4" is empty. Check it and send it again.',
  IDEMPOTENCY_KEY_REUSED:
    'This Idempotency-Key was used with other files or options. Use a new key for a new upload.',
  UPLOAD_LOCKED: 'Another request is at this upload. Ask with HEAD where it stands, then go on there.',
  TOO_MANY_LOGINS: 'Too many attempts to sign in came from your address. Try again in 40 seconds.',
  TOO_MANY_REGISTRATIONS: 'Too many accounts were asked for from your address. Try again in 12 minutes.',
  CHECKSUM_MISMATCH: 'The bytes did not arrive as they were sent, and none of them is kept. Send them again.',
  TOO_MANY_JOBS: 'You may have 20 jobs at once, uploads included, and have 20. Wait until one has ended.',
  MINUTES_USED_UP: 'In 24 hours 600 minutes may be converted, and 612.5 were. Try again later.',
  INTERNAL: 'Try again; if it happens again, tell the operator.',
  AUTH_UNAVAILABLE: 'Who you are cannot be checked at the moment. Try again in a few seconds.',
  STORE_UNAVAILABLE: 'The job store is not available at the moment. Try again in a few seconds.',
  BUSY: 'The server has more to do than it can. Go on in a few seconds.',
  STORAGE_FULL: 'There is no space left to store this. Try again later or tell the operator.',
};

/** Where a limit was reached, the body says which and how much of it is used. */
export const problemMembers: Readonly<Partial<Record<ProblemCode, { limit: number; used: number }>>> = {
  STORAGE_QUOTA_EXCEEDED: { limit: 50_000_000_000, used: 49_990_000_000 },
  TOO_MANY_JOBS: { limit: 20, used: 20 },
  MINUTES_USED_UP: { limit: 600, used: 612.5 },
};
