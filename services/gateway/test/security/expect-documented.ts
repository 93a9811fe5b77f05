import { expect } from '@jest/globals';
import { problems, type ProblemBody } from '@clipscribe/contracts';
import type { RawAnswer } from '@clipscribe/runtime/testing';

/** What docs/api.md knows of, beside the problems: good answers, and the two that Node gives by itself. */
const OTHERS = [200, 201, 202, 204, 206, 304, 417, 431];
/** Nothing that a client sends is an error of ours, and nothing is away in these tests. */
const documented = new Set([
  ...OTHERS,
  ...Object.values(problems)
    .map(({ status }) => status)
    .filter((status) => status < 500),
]);
/** Node answers an expectation that it does not know without a body. */
const WITHOUT_PROBLEM = 417;

/** The status is one of the API, and an error is a problem with a code that goes with it. */
export function expectDocumented({ status, headers, body }: RawAnswer, { hasBody = true } = {}): void {
  expect(documented).toContain(status);
  if (status < 400 || status === WITHOUT_PROBLEM) return;
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  if (!hasBody) return;
  const { code, status: said, type } = JSON.parse(body.toString()) as ProblemBody; // checked by what follows
  expect([said, type]).toEqual([status, `urn:clipscribe:problem:${code}`]);
  // Too large headers have a status of their own, and no code.
  if (status !== 431) expect(problems[code].status).toBe(status);
}
