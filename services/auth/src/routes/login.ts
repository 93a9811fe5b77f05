import { loginBodySchema, type loginAnswerSchema } from '@clipscribe/contracts';
import { HttpProblem } from '@clipscribe/runtime';
import type { User, UserStore } from '@clipscribe/user-store';
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { parseBasicAuth, type Credentials } from '../basic-auth.ts';
import { canonicalEmail } from '../emails.ts';
import { hasBody, readJson } from '../read-json.ts';
import type { Rehash } from '../rehash.ts';
import { requestNetwork } from '../request-network.ts';
import type { SignInGuard } from '../sign-in-guard.ts';
import type { Tokens } from '../tokens.ts';

interface LoginDeps {
  users: UserStore;
  guard: SignInGuard;
  rehash: Rehash;
  tokens: Tokens;
}

const BASIC_CHALLENGE = { 'WWW-Authenticate': 'Basic realm="clipscribe"' };

/** `POST /login`, by HTTP Basic or JSON: answers the raw token, or JSON for those who prefer it. */
export function loginRoute(deps: LoginDeps): RequestHandler {
  const { rehash, tokens } = deps;
  return async (req, res) => {
    const { challenge, ...credentials } = await readCredentials(req, res);
    const user = await signIn(deps, credentials, requestNetwork(req));
    if (user === null) {
      throw new HttpProblem('WRONG_CREDENTIALS', 'The e-mail address or the password is wrong.', {
        headers: challenge,
      });
    }
    rehash.consider(user, credentials.password);
    sendToken(req, res, tokens.issue(user.id, user.tokensValidFrom), tokens.ttlSeconds);
  };
}

/** Whose credentials these are, or null. */
async function signIn(
  { users, guard }: LoginDeps,
  credentials: Credentials,
  network: string,
): Promise<User | null> {
  const { password } = credentials;
  const email = canonicalEmail(credentials.email);
  return guard.attempt(network, async () => {
    const user = await users.findByEmail(email);
    return (await guard.isRight({ user, email, password, network })) ? user : null;
  });
}

/** `challenge` is the header for a refusal; clients that sent JSON do not want to be asked for Basic. */
async function readCredentials(
  req: Request,
  res: Response,
): Promise<Credentials & { challenge: Record<string, string> }> {
  const basic = parseBasicAuth(req.headers.authorization);
  if (basic !== null) return { ...basic, challenge: BASIC_CHALLENGE };
  if (hasBody(req)) return { ...loginBodySchema.parse(await readJson(req, res)), challenge: {} };
  const how = 'Send your e-mail address and password with HTTP Basic, or as JSON {"email", "password"}.';
  throw new HttpProblem('WRONG_CREDENTIALS', how, { headers: BASIC_CHALLENGE });
}

function sendToken(req: Request, res: Response, token: string, expiresIn: number): void {
  res.set('Cache-Control', 'no-store').vary('Accept');
  if (req.accepts(['text/plain', 'application/json']) === 'application/json') {
    const answer: z.infer<typeof loginAnswerSchema> = { token, tokenType: 'Bearer', expiresIn };
    res.json(answer);
  } else {
    res.type('text/plain').send(token);
  }
}
