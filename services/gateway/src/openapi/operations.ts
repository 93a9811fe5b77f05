import type { ProblemCode } from '@clipscribe/contracts';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject, ZodOpenApiResponseObject } from 'zod-openapi';
import { pathMethods } from '../routes/method-rules.ts';
import { ProblemAnswers } from './problem-answers.ts';
import type { RouteDoc, RouteDocs } from './route-doc.ts';

/** The operations of these routes, by path and method. */
export function operationsOf(docs: RouteDocs): ZodOpenApiPathsObject {
  const problemAnswers = new ProblemAnswers();
  const all: ZodOpenApiPathsObject = {};
  for (const [route, doc] of Object.entries(docs)) {
    const [method = '', path = ''] = route.split(' ');
    const answers =
      method === 'GET' && isJson(doc.answers[200]) ? { 304: unchanged, ...doc.answers } : doc.answers;
    const operation = operationOf(path, { ...doc, answers }, problemAnswers);
    const name = path.replace(/:(\w+)/g, '{$1}');
    const item = { ...all[name], [method.toLowerCase()]: operation };
    if (method === 'GET' && pathMethods[path]?.includes('HEAD') === true) item.head = headOf(operation);
    all[name] = item;
  }
  return all;
}

const security = {
  all: [],
  token: [{ token: [] }],
  files: [{ token: [] }, { mediaCookie: [] }],
  password: [{ password: [] }, {}],
};

/**
 * Of GET and HEAD where they answer with JSON. That has no `ETag`: most of it is a row or two of a database, so that a
 * client would save next to nothing by it. What is left is `*`, which RFC 9110, section 13.1.2, gives a meaning without one.
 */
const unchanged: ZodOpenApiResponseObject = {
  id: 'Unchanged',
  description: '`If-None-Match: *` was sent, and there is something.',
};

function isJson(answer: ZodOpenApiResponseObject | undefined): boolean {
  return answer?.content?.['application/json'] !== undefined;
}

function operationOf(path: string, doc: RouteDoc, problemAnswers: ProblemAnswers): ZodOpenApiOperationObject {
  const { id, summary, tag, access, answers, body, path: pathParams, query, headers } = doc;
  const refusals = problemAnswers.of(problemsOf(path, doc));
  const responses = { ...answers, ...Object.fromEntries(refusals) };
  return {
    operationId: id,
    summary,
    ...(doc.description === undefined ? {} : { description: doc.description }),
    tags: [tag],
    security: security[access],
    requestParams: {
      ...(pathParams === undefined ? {} : { path: pathParams }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { header: headers }),
    },
    ...(body === undefined ? {} : { requestBody: body }),
    responses,
  };
}

/** Those of the route, and those of every route of its kind. */
function problemsOf(path: string, doc: RouteDoc): ProblemCode[] {
  const codes: ProblemCode[] = [...(doc.problems ?? []), 'INTERNAL'];
  if (doc.access === 'token' || doc.access === 'files')
    codes.push('NO_TOKEN', 'INVALID_TOKEN', 'AUTH_UNAVAILABLE', 'STORE_UNAVAILABLE');
  if (path.includes(':')) codes.push('BAD_REQUEST');
  return codes;
}

/** Express answers `HEAD` where there is `GET`: the same without a body. */
function headOf(operation: ZodOpenApiOperationObject): ZodOpenApiOperationObject {
  const id = operation.operationId ?? '';
  const { requestParams, tags: names = [], security: who = [] } = operation;
  const bare = Object.entries(operation.responses as Record<string, ZodOpenApiResponseObject>).map(
    ([status, { content: _content, id: _id, ...answer }]) => [status, answer] as const,
  );
  return {
    operationId: `head${id.charAt(0).toUpperCase()}${id.slice(1)}`,
    summary: `The headers of: ${operation.summary ?? ''}`,
    tags: names,
    security: who,
    ...(requestParams === undefined ? {} : { requestParams }),
    responses: Object.fromEntries(bare),
  };
}
