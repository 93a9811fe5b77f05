import { expect } from '@jest/globals';
import { problems, type ProblemCode } from '@clipscribe/contracts';
import type { Response } from 'supertest';

/** Every error of the API has this form, whatever caused it. */
export function expectProblem(answer: Response, code: ProblemCode): void {
  const { status, title } = problems[code];
  expect(answer.body).toEqual({
    type: `urn:clipscribe:problem:${code}`,
    title,
    status,
    code,
    detail: expect.stringMatching(/^.{10,}$/),
  });
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
}
