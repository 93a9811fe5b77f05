import { HttpProblem } from '@clipscribe/runtime';

/** Too many attempts of all kinds from the caller's network. */
export function tooManyFromHere(seconds: number): HttpProblem {
  return refusal('TOO_MANY_LOGINS', 'Too many attempts to sign in came from your address.', seconds);
}

/** The same for accounts that there are and for others. */
export function tooManyFailures(seconds: number): HttpProblem {
  const what = 'Too many wrong passwords for this account came from your address.';
  return refusal('TOO_MANY_LOGINS', what, seconds);
}

export function tooManyRegistrations(seconds: number): HttpProblem {
  return refusal('TOO_MANY_REGISTRATIONS', 'Too many accounts were asked for from your address.', seconds);
}

function refusal(
  code: 'TOO_MANY_LOGINS' | 'TOO_MANY_REGISTRATIONS',
  what: string,
  seconds: number,
): HttpProblem {
  return new HttpProblem(code, `${what} Try again in ${inWords(seconds)}.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}

function inWords(seconds: number): string {
  if (seconds > 90) return `${String(Math.ceil(seconds / 60))} minutes`;
  return seconds === 1 ? 'a second' : `${String(seconds)} seconds`;
}
