/**
 * Every error code the HTTP API answers with, its status and its title (RFC 9457).
 * Codes are stable: clients may switch on them. The sentence for the person goes into `detail`.
 */
export const problems = {
  BAD_REQUEST: { status: 400, title: 'The request cannot be understood' },
  INVALID_JSON: { status: 400, title: 'The body is not valid JSON' },
  INVALID_INPUT: { status: 400, title: 'A value in the request is not valid' },
  WEBHOOK_URL_REFUSED: { status: 400, title: 'This address cannot be a webhook' },
  INVALID_OPTION: { status: 400, title: 'An option is not valid' },
  INVALID_MULTIPART: { status: 400, title: 'The multipart body is broken' },
  INVALID_METADATA: { status: 400, title: 'Upload-Metadata cannot be understood' },
  INVALID_CHECKSUM: { status: 400, title: 'Upload-Checksum cannot be used' },
  NO_FILE: { status: 400, title: 'No file in the upload' },
  TOO_MANY_FILES: { status: 400, title: 'Too many files in one upload' },
  TOO_MANY_FIELDS: { status: 400, title: 'Too many fields in one upload' },
  UNKNOWN_FORMAT: { status: 400, title: 'Unknown transcript format' },
  WEAK_PASSWORD: { status: 400, title: 'The password does not meet the rules' },
  NO_TOKEN: { status: 401, title: 'A bearer token is needed' },
  INVALID_TOKEN: { status: 401, title: 'The token is not valid' },
  WRONG_CREDENTIALS: { status: 401, title: 'Wrong user or password' },
  REGISTRATION_CLOSED: { status: 403, title: 'Registration is closed' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed' },
  NOT_ACCEPTABLE: { status: 406, title: 'Not available in the accepted types' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request did not arrive in time' },
  UPLOAD_STALLED: { status: 408, title: 'The upload stopped sending' },
  EMAIL_TAKEN: { status: 409, title: 'This e-mail address is registered already' },
  OWN_ACCOUNT: { status: 409, title: 'This cannot be done to your own account' },
  NOT_RETRYABLE: { status: 409, title: 'This job cannot be retried' },
  NOT_CANCELLABLE: { status: 409, title: 'This job cannot be cancelled' },
  NOT_TRANSCRIBABLE: { status: 409, title: 'This job cannot be transcribed again' },
  TOO_MANY_VERSIONS: { status: 409, title: 'This job has too many versions of its transcript' },
  TOO_MANY_WEBHOOKS: { status: 409, title: 'Too many webhooks' },
  NOT_REPLAYABLE: { status: 409, title: 'This delivery cannot be replayed' },
  SOURCE_EXPIRED: { status: 409, title: 'The uploaded file was kept for its time' },
  NOT_READY: { status: 409, title: 'Not ready yet' },
  NOT_AVAILABLE: { status: 409, title: 'This job has no such result' },
  OFFSET_MISMATCH: { status: 409, title: 'The upload goes on elsewhere' },
  UPLOAD_FINISHED: { status: 409, title: 'This upload is a job already' },
  UPLOAD_EXPIRED: { status: 410, title: 'The upload has expired' },
  TUS_VERSION: { status: 412, title: 'Another version of tus is needed' },
  RESULT_EXPIRED: { status: 410, title: 'This result was kept for its time' },
  TOO_LARGE: { status: 413, title: 'Too large' },
  STORAGE_QUOTA_EXCEEDED: { status: 413, title: 'Your storage is used up' },
  UNSUPPORTED_TYPE: { status: 415, title: 'Unsupported content type' },
  RANGE_NOT_SATISFIABLE: { status: 416, title: 'Range not satisfiable' },
  EMPTY_FILE: { status: 422, title: 'The file is empty' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'Idempotency-Key was used with another request' },
  UPLOAD_LOCKED: { status: 423, title: 'Another request is at this upload' },
  TOO_MANY_LOGINS: { status: 429, title: 'Too many attempts to sign in' },
  TOO_MANY_REGISTRATIONS: { status: 429, title: 'Too many new accounts' },
  CHECKSUM_MISMATCH: { status: 460, title: 'The bytes are not those of the checksum' },
  TOO_MANY_JOBS: { status: 429, title: 'Too many jobs at once' },
  MINUTES_USED_UP: { status: 429, title: 'The minutes of the day are used up' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
  AUTH_UNAVAILABLE: { status: 503, title: 'The sign-in service is not available' },
  STORE_UNAVAILABLE: { status: 503, title: 'A backing service is not available' },
  BUSY: { status: 503, title: 'Too busy right now' },
  STORAGE_FULL: { status: 507, title: 'The storage is full' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** The JSON body of every error answer; content type `application/problem+json`. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  /** A sentence that says what is wrong and what to do about it. */
  detail: string;
}

export function problemBody(code: ProblemCode, detail: string): ProblemBody {
  const { status, title } = problems[code];
  return { type: `urn:clipscribe:problem:${code}`, title, status, code, detail };
}
