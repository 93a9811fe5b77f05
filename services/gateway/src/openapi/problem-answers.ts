import { problemBody, problems, problemSchema, type ProblemCode } from '@clipscribe/contracts';
import { z } from 'zod';
import type { ZodOpenApiResponseObject } from 'zod-openapi';
import { problemDetails, problemMembers } from './problem-details.ts';

/** What clients have to see of a refusal beside its body. */
const headersOf: Readonly<Record<number, z.ZodObject>> = {
  401: z.object({ 'WWW-Authenticate': z.string().optional().describe('How to say who you are.') }),
  405: z.object({ Allow: z.string().describe('The methods that there are.') }),
  409: retryAfter('When to ask again, where waiting helps'),
  416: z.object({ 'Content-Range': z.string().describe('How many bytes there are.') }),
  423: retryAfter('When to ask again'),
  429: retryAfter('When it may work'),
  503: retryAfter('When it may work'),
};

function retryAfter(what: string): z.ZodObject {
  return z.object({ 'Retry-After': z.coerce.number().int().optional().describe(`${what}, in seconds.`) });
}

/** The refusals of routes, each said once: those with the same codes are one component of the document. */
export class ProblemAnswers {
  readonly #known = new Map<string, ZodOpenApiResponseObject>();

  /** By status, for the codes that a route may answer with. */
  of(codes: Iterable<ProblemCode>): Map<number, ZodOpenApiResponseObject> {
    const byStatus = new Map<number, ProblemCode[]>();
    for (const code of new Set(codes)) {
      const { status } = problems[code];
      byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
    }
    const answers = [...byStatus].map(
      ([status, same]) => [status, this.#answer(status, same.sort())] as const,
    );
    return new Map(answers);
  }

  #answer(status: number, codes: readonly ProblemCode[]): ZodOpenApiResponseObject {
    const id = [status, ...codes].join('.');
    const known = this.#known.get(id) ?? makeAnswer(id, status, codes);
    this.#known.set(id, known);
    return known;
  }
}

function makeAnswer(id: string, status: number, codes: readonly ProblemCode[]): ZodOpenApiResponseObject {
  const examples = codes.map((code) => {
    const value: unknown = { ...problemBody(code, problemDetails[code]), ...problemMembers[code] };
    return [code, { summary: problems[code].title, value }] as const;
  });
  // Of one value, and not `const`: generators of clients know how to narrow a schema by that.
  const schema = {
    allOf: [problemRef, { properties: { status: { enum: [status] }, code: { enum: [...codes] } } }],
  };
  const headers = headersOf[status];
  return {
    id,
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join('\n'),
    content: { 'application/problem+json': { schema, examples: Object.fromEntries(examples) } },
    ...(headers === undefined ? {} : { headers }),
  };
}

/** Named by hand, as it stands beside another schema in `allOf`; the document has it among its components. */
const problemRef = { $ref: '#/components/schemas/Problem' };
export const problemComponent = { Problem: problemSchema };
