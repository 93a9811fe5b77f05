import { join } from 'node:path';
import { startService } from '../../e2e/support/service-process.ts';
import { adminEmail, adminPassword } from '../../e2e/support/suite-process.ts';
import { urlOf } from '../gateway-process.ts';
import { mean, median, secondsOf, type Measure } from './measure.ts';

const TRIES = 200;

/** (l) Wrong logins of an account that there is and of one that there is not, in turns, at the usual cost of a hash. */
export async function measureLoginTiming(folder: string): Promise<Measure> {
  const auth = startService('auth', {
    USERS_URL: `sqlite:${join(folder, 'login-timing.db')}`,
    JWT_SECRET: 'a secret that is only ever used by this benchmark',
    ADMIN_EMAIL: adminEmail,
    ADMIN_PASSWORD: adminPassword,
    PORT: '0',
  });
  const url = await urlOf(auth, /"url":"(http:[^"]+)"/);
  const { known, unknown } = await timeLogins(url).finally(() => auth.stop());
  return {
    id: 'l',
    what: 'logins of unknown against known users, difference of means',
    value: (Math.abs(mean(known) - mean(unknown)) / mean(known)) * 100,
    unit: '%',
    limit: { kind: 'at most', value: 5 },
    details: {
      tries: TRIES,
      knownMeanSeconds: mean(known),
      unknownMeanSeconds: mean(unknown),
      knownMedianSeconds: median(known),
      unknownMedianSeconds: median(unknown),
    },
  };
}

async function timeLogins(url: string): Promise<{ known: number[]; unknown: number[] }> {
  const [known, unknown]: [number[], number[]] = [[], []];
  for (let n = -1; n < TRIES; n += 1) {
    // The one that comes first changes: what a try leaves behind must not count for the same one each time.
    const pair = [
      [adminEmail, known],
      ['nobody@clipscribe.local', unknown],
    ] as const;
    for (const [email, seconds] of n % 2 === 0 ? pair : pair.toReversed()) {
      const spent = await secondsOf(() => failToLogin(url, email, n + 1));
      if (n >= 0) seconds.push(spent); // the first of each warms up
    }
  }
  return { known, unknown };
}

/** Each pair of tries from an address of its own, as from a gateway, so that none is refused unseen. */
async function failToLogin(url: string, email: string, pair: number): Promise<void> {
  const address = `10.1.${String(pair >> 8)}.${String(pair & 255)}`;
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ email, password: 'not the password of anybody' }),
  });
  await answer.text();
  if (answer.status !== 401) throw new Error(`a wrong login was answered ${String(answer.status)}`);
}
