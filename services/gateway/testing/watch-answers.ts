import type { RequestListener, ServerResponse } from 'node:http';
import type { AnswerChecker } from './answer-checker.ts';

/**
 * Lets everything through, and looks at each answer when it has been sent whole.
 * @param onProblem told of an answer that is not as the document tells
 */
export function watchAnswers(
  serve: RequestListener,
  checker: AnswerChecker,
  onProblem: (problem: string) => void,
): RequestListener {
  return (req, res) => {
    const path = req.url ?? '';
    const body = bodyOf(res);
    res.once('finish', () => {
      // Browsers ask before they ask; that is CORS, and no matter of the API.
      if (req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined) return;
      const answer = { method: req.method ?? '', path, status: res.statusCode, headers: res.getHeaders() };
      for (const problem of checker.check({ ...answer, body: body() }))
        onProblem(
          `${answer.method} ${path} ${String(answer.status)}: ${problem} ${said(answer.status, body())}`,
        );
    });
    serve(req, res);
  };
}

function said(status: number, body: Buffer): string {
  return status >= 400 ? body.toString().slice(0, 300) : '';
}

/** What is written to an answer, piece by piece. */
function bodyOf(res: ServerResponse): () => Buffer {
  const pieces: Buffer[] = [];
  const keep = (piece: unknown): void => {
    if (typeof piece !== 'string' && !(piece instanceof Uint8Array)) return;
    pieces.push(Buffer.from(piece as Uint8Array)); // a string or bytes: it takes either
  };
  // The methods of Node take their arguments in several forms; the first one is what is written.
  const { write, end } = res as unknown as Record<'write' | 'end', (...args: unknown[]) => unknown>;
  Object.assign(res, {
    write: (...args: unknown[]) => {
      keep(args[0]);
      return write.apply(res, args);
    },
    end: (...args: unknown[]) => {
      keep(args[0]);
      return end.apply(res, args);
    },
  });
  return () => Buffer.concat(pieces);
}
