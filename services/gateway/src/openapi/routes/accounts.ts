import {
  loginAnswerSchema,
  loginBodySchema,
  mePatchSchema,
  meSchema,
  passwordBodySchema,
  registerAnswerSchema,
  registerBodySchema,
  type ProblemCode,
} from '@clipscribe/contracts';
import { z } from 'zod';
import { jsonProblems, noStore } from '../common.ts';
import { exampleMe, exampleToken, exampleUserId } from '../examples.ts';
import { answer, json, jsonBody, type RouteDocs } from '../route-doc.ts';

const tag = 'Accounts';

/** Auth answers these; it reads no files and so has fewer ways to fail. */
const accountProblems: readonly ProblemCode[] = [
  ...(['TOO_LARGE', 'UNSUPPORTED_TYPE', 'BAD_REQUEST', 'REQUEST_TIMEOUT', 'TOO_MANY_LOGINS'] as const),
  ...(['AUTH_UNAVAILABLE', 'STORE_UNAVAILABLE', 'STORAGE_FULL'] as const),
];
const bodyProblems: readonly ProblemCode[] = ['INVALID_JSON', 'INVALID_INPUT', 'BUSY'];

const good = 'lanterns over nine quiet harbours';
const credentials = { email: 'ada@example.org', password: good };

export const accountDocs: RouteDocs = {
  'POST /login': {
    ...{ id: 'login', tag, access: 'password', summary: 'Log in' },
    description:
      'With HTTP Basic, or with JSON. The answer is the token as plain text, or JSON for those who prefer it with `Accept`.',
    headers: z.object({
      Accept: z.string().optional().describe('`application/json` for the token with its time.'),
    }),
    body: { ...jsonBody(loginBodySchema, credentials), required: false },
    answers: {
      200: {
        description: 'A token, good until it expires, you log out, or the password changes.',
        headers: noStore,
        content: {
          'text/plain': { schema: z.string(), example: exampleToken },
          'application/json': json(loginAnswerSchema, {
            ...{ token: exampleToken, tokenType: 'Bearer', expiresIn: 86_400 },
          }),
        },
      },
    },
    problems: ['WRONG_CREDENTIALS', ...bodyProblems, ...accountProblems],
  },
  'POST /register': {
    ...{ id: 'register', tag, access: 'all', summary: 'Make an account, where registration is open' },
    body: jsonBody(registerBodySchema, credentials),
    answers: {
      201: answer('The new account; log in with it.', registerAnswerSchema, {
        ...{ userId: exampleUserId, email: 'ada@example.org' },
      }),
    },
    problems: [
      ...(['REGISTRATION_CLOSED', 'WEAK_PASSWORD', 'EMAIL_TAKEN', 'TOO_MANY_REGISTRATIONS'] as const),
      ...bodyProblems,
      ...accountProblems,
    ],
  },
  'POST /logout': {
    ...{ id: 'logout', tag, access: 'token', summary: 'Log out: this token is good no more' },
    answers: { 204: { description: 'Done.' } },
    problems: accountProblems,
  },
  'POST /password': {
    ...{ id: 'changePassword', tag, access: 'token', summary: 'Change the password' },
    description: 'All tokens that were given out before are good no more.',
    body: jsonBody(passwordBodySchema, {
      currentPassword: good,
      newPassword: 'a purple kettle in the tall grass',
    }),
    answers: { 204: { description: 'Done.' } },
    problems: ['WRONG_CREDENTIALS', 'WEAK_PASSWORD', ...bodyProblems, ...accountProblems],
  },
  'GET /me': {
    ...{ id: 'me', tag, access: 'token', summary: 'Who you are, what you may use and have used' },
    answers: { 200: answer('You.', meSchema, exampleMe) },
  },
  'PATCH /me': {
    ...{ id: 'changeMe', tag, access: 'token', summary: 'Choose which mails you want' },
    body: jsonBody(mePatchSchema, { mail: { ready: false } }),
    answers: {
      200: answer('You, as changed.', meSchema, { ...exampleMe, mail: { ready: false, failed: true } }),
    },
    problems: jsonProblems,
  },
};
