import { loginAnswerSchema } from '@clipscribe/contracts';
import type { ApiClient } from '../api/api-client.ts';
import { badAnswer } from '../api/read-json.ts';
import type { Session } from './session-store.ts';

/** Asks the server for a token. @throws CliError, with WRONG_CREDENTIALS among its codes */
export async function logIn(api: ApiClient, email: string, password: string): Promise<Session> {
  const answer = await api.send({
    method: 'POST',
    path: '/login',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const parsed = loginAnswerSchema.safeParse(await answer.json().catch(() => undefined));
  if (!parsed.success) throw badAnswer(api.server, parsed.error);
  const { token, expiresIn } = parsed.data;
  return { email, token, expiresAt: new Date(Date.now() + expiresIn * 1000).toISOString() };
}
