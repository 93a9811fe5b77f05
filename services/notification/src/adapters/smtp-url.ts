import { ConfigError } from '@clipscribe/runtime';
import { z } from 'zod';

/** What `MAIL_URL=smtp://user:password@host:port?…` says. */
export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte (`smtps:`). */
  secure: boolean;
  /** `opportunistic`: encrypt when the server offers it, and then insist on it. */
  starttls: 'opportunistic' | 'required' | 'never';
  /** Take any certificate. For a loopback or self-signed server only. */
  insecure: boolean;
  login: { user: string; pass: string } | undefined;
}

/** Submission (RFC 6409) and implicit TLS (RFC 8314). */
const DEFAULT_PORTS = { smtp: 587, smtps: 465 } as const;

const querySchema = z.strictObject({
  starttls: z
    .enum(['opportunistic', 'required', 'never'], { error: 'must be required or never' })
    .default('opportunistic'),
  insecure: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .transform((value) => value === 'true'),
});

/** Reads the URL; user and password are percent-decoded. @throws ConfigError, without the password */
export function parseSmtpUrl(url: string): SmtpServer {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.hostname === '')
    throw new ConfigError('MAIL_URL must be like smtp://user:password@host:port');
  const secure = parsed.protocol === 'smtps:';
  return {
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: parsed.port === '' ? DEFAULT_PORTS[secure ? 'smtps' : 'smtp'] : Number(parsed.port),
    secure,
    ...readQuery(parsed.searchParams),
    login: readLogin(parsed),
  };
}

function readQuery(params: URLSearchParams): z.infer<typeof querySchema> {
  const query = querySchema.safeParse(Object.fromEntries(params));
  if (query.success) return query.data;
  const issue = query.error.issues[0];
  const what = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : String(issue?.path[0]);
  const why = issue?.code === 'unrecognized_keys' ? 'is not known' : String(issue?.message);
  throw new ConfigError(`MAIL_URL: the option ${what} ${why}`, { cause: query.error });
}

function readLogin({ username, password }: URL): SmtpServer['login'] {
  if (username === '') return undefined;
  if (password === '') throw new ConfigError('MAIL_URL names a user but no password');
  try {
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  } catch {
    // Without the cause: its message could show a piece of the password.
    throw new ConfigError('MAIL_URL: user and password must be percent-encoded, with %25 for a percent sign');
  }
}
