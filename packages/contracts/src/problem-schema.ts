import { z } from 'zod';
import { problems, type ProblemBody, type ProblemCode } from './problems.ts';

// Object.keys gives the keys of this very table.
const codes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]];

/** The JSON body of every error answer, with what some of them have beside. */
export const problemSchema = z
  .object({
    type: z.string().describe('A URN that ends in the code.'),
    title: z.string().describe('What the code means, in a few words.'),
    status: z.int().describe('That of the answer.'),
    code: z.enum(codes).describe('Stable: clients may switch on it.'),
    detail: z.string().describe('A sentence that says what is wrong and what to do about it.'),
    limit: z.number().optional().describe('Where a limit was reached: that limit.'),
    used: z.number().optional().describe('Where a limit was reached: how much of it is used.'),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457).' }) satisfies z.ZodType<ProblemBody>;
