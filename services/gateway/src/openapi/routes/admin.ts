import {
  addedUserSchema,
  deadLetterListSchema,
  deadLetterQuerySchema,
  idSchema,
  newUserSchema,
  resetPasswordSchema,
  userListQuerySchema,
  userPageSchema,
  userPatchSchema,
  userViewSchema,
} from '@clipscribe/contracts';
import type { ProblemCode } from '@clipscribe/contracts';
import { z } from 'zod';
import { noStore } from '../common.ts';
import { exampleDeadLetter, exampleUser } from '../examples.ts';
import { answer, jsonBody, type RouteDocs } from '../route-doc.ts';

const tag = 'Administration';
const access = 'token';
const path = z.object({ id: idSchema.describe('Of an account.') });
const letterPath = z.object({ id: z.string().describe('Of a dead letter.') });
const password = 'kX3vTq9mZr2LwBc8NdYf5HgA';

/** Auth reads these bodies; like the others of its routes they may be too large or of another type. */
const bodyProblems: readonly ProblemCode[] = [
  ...(['INVALID_JSON', 'INVALID_INPUT', 'BAD_REQUEST', 'TOO_LARGE'] as const),
  ...(['UNSUPPORTED_TYPE', 'REQUEST_TIMEOUT'] as const),
];

export const adminDocs: RouteDocs = {
  'GET /admin/users': {
    ...{ id: 'listUsers', tag, access, query: userListQuerySchema, summary: 'All accounts, oldest first' },
    answers: {
      200: answer('A page of them.', userPageSchema, { users: [exampleUser], nextCursor: null }, noStore),
    },
    problems: ['NOT_FOUND', 'INVALID_INPUT', 'TOO_LARGE', 'BAD_REQUEST', 'REQUEST_TIMEOUT'],
  },
  'POST /admin/users': {
    ...{ id: 'addUser', tag, access, summary: 'Make an account, also where registration is closed' },
    body: jsonBody(newUserSchema, { email: exampleUser.email }),
    answers: {
      201: answer('The account with its password.', addedUserSchema, { ...exampleUser, password }, noStore),
    },
    problems: ['NOT_FOUND', 'EMAIL_TAKEN', 'BUSY', 'STORAGE_FULL', ...bodyProblems],
  },
  'PATCH /admin/users/:id': {
    ...{ id: 'changeUser', tag, access, path, summary: 'Disable an account, or enable it again' },
    description: 'With a disabled account nobody is let in; tokens in use end within 5 seconds.',
    body: jsonBody(userPatchSchema, { disabled: true }),
    answers: { 200: answer('As it is now.', userViewSchema, { ...exampleUser, disabled: true }, noStore) },
    problems: ['NOT_FOUND', 'OWN_ACCOUNT', 'STORAGE_FULL', ...bodyProblems],
  },
  'POST /admin/users/:id/reset-password': {
    ...{ id: 'resetPassword', tag, access, path, summary: 'Give an account a new password' },
    description: 'Tokens in use end within 5 seconds.',
    answers: { 200: answer('The new password.', resetPasswordSchema, { password }, noStore) },
    problems: [
      ...(['NOT_FOUND', 'OWN_ACCOUNT', 'BUSY', 'STORAGE_FULL'] as const),
      ...(['TOO_LARGE', 'REQUEST_TIMEOUT'] as const),
    ],
  },
  'GET /admin/dead-letters': {
    ...{ id: 'listDeadLetters', tag, access, query: deadLetterQuerySchema },
    summary: 'Messages that nobody could handle, oldest first',
    answers: {
      200: answer(
        'At most as many as were asked for.',
        deadLetterListSchema,
        { deadLetters: [exampleDeadLetter], more: false },
        noStore,
      ),
    },
    problems: ['NOT_FOUND', 'INVALID_INPUT'],
  },
  'POST /admin/dead-letters/:id/replay': {
    ...{ id: 'replayDeadLetter', tag, access, path: letterPath },
    summary: 'Put a message back into its queue, to be tried again',
    answers: { 204: { description: 'It waits in its queue.' } },
    problems: ['NOT_FOUND', 'STORAGE_FULL'],
  },
  'DELETE /admin/dead-letters/:id': {
    ...{ id: 'discardDeadLetter', tag, access, path: letterPath, summary: 'Remove a message for good' },
    answers: { 204: { description: 'It is gone.' } },
    problems: ['NOT_FOUND', 'STORAGE_FULL'],
  },
};
