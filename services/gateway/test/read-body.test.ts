import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { HttpProblem } from '@clipscribe/runtime';
import { readBody } from '../src/upload/read-body.ts';

const limits = { maxUploadBytes: 10, stallMs: 20_000 };
const { signal } = new AbortController();

/** A request whose body has arrived in these chunks before anybody read it. */
function arrived(...chunks: string[]): IncomingMessage {
  const req = new IncomingMessage(new Socket());
  for (const chunk of chunks) req.push(Buffer.from(chunk));
  req.push(null);
  return req;
}

async function read(req: IncomingMessage): Promise<{ taken: string; error: unknown }> {
  let taken = '';
  const consume = (chunk: Buffer): Promise<void> => {
    taken += chunk.toString();
    return taken.includes('!')
      ? Promise.reject(new HttpProblem('INVALID_OPTION', 'No !'))
      : Promise.resolve();
  };
  const error: unknown = await readBody(req, limits, signal, consume).catch((thrown: unknown) => thrown);
  return { taken, error };
}

describe('the body of a request', () => {
  it.each([[['0123456789']], [['01234', '56789']], [[]]])('may be as long as allowed: %j', async (chunks) => {
    expect(await read(arrived(...chunks))).toEqual({ taken: chunks.join(''), error: undefined });
  });

  it.each([[['0123456789a']], [['0123456789', 'a']], [['01234', '56789abcdef', 'g']]])(
    'is taken up to the limit and then refused: %j',
    async (chunks) => {
      const { taken, error } = await read(arrived(...chunks));
      expect(taken).toBe('0123456789');
      expect(error).toMatchObject({ code: 'TOO_LARGE' });
    },
  );

  it.each([[['0!23456789a']], [['0!234', '56789a']]])(
    'is refused for what comes before the limit, in whatever chunks: %j',
    async (chunks) => {
      expect((await read(arrived(...chunks))).error).toMatchObject({ code: 'INVALID_OPTION' });
    },
  );
});
