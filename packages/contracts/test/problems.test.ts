import { STATUS_CODES } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { problemBody, problems, type ProblemCode } from '@clipscribe/contracts';

// Object.keys gives the keys of this very table.
const codes = Object.keys(problems) as ProblemCode[];

describe('problems', () => {
  it.each(codes)('%s has a stable form, an HTTP error status and a title', (code) => {
    const { status, title } = problems[code];
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    // 460 is tus's own, for a checksum that does not match.
    expect(status === 460 || STATUS_CODES[status] !== undefined).toBe(true);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
  });

  it('never says 403 about something that belongs to somebody else', () => {
    expect(codes.filter((code) => problems[code].status === 403)).toEqual(['REGISTRATION_CLOSED']);
  });
});

describe('problemBody', () => {
  it('has the members of RFC 9457 and the stable code', () => {
    expect(problemBody('TOO_LARGE', 'The file is larger than 2 GB.')).toEqual({
      type: 'urn:clipscribe:problem:TOO_LARGE',
      title: 'Too large',
      status: 413,
      code: 'TOO_LARGE',
      detail: 'The file is larger than 2 GB.',
    });
  });
});
