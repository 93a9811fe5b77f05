import { describe, expect, it } from '@jest/globals';
import { problemBody } from '@clipscribe/contracts';
import { openApiDocument } from '../src/openapi/document.ts';
import { doneJob, exampleId, queuedJob } from '../src/openapi/examples.ts';
import { AnswerChecker, type AskedAndAnswered, type JsonObject } from '../testing/index.ts';

const document = JSON.parse(JSON.stringify(openApiDocument())) as JsonObject; // as it is sent
const checker = new AnswerChecker(document);

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const PROBLEM = { 'content-type': 'application/problem+json; charset=utf-8' };

function job(changes: Partial<AskedAndAnswered> = {}, body: unknown = doneJob): AskedAndAnswered {
  const answer = { method: 'GET', path: `/jobs/${exampleId}`, status: 200, headers: JSON_TYPE };
  return { ...answer, body: Buffer.from(JSON.stringify(body)), ...changes };
}

const refused = (code: 'NOT_FOUND' | 'EMAIL_TAKEN' | 'METHOD_NOT_ALLOWED'): unknown =>
  problemBody(code, 'No.');
const events = (text: string): AskedAndAnswered => ({
  ...job({ path: '/events', headers: { 'content-type': 'text/event-stream' } }),
  body: Buffer.from(text),
});
const download: AskedAndAnswered = {
  ...{ method: 'GET', path: `/jobs/${exampleId}/audio`, status: 206, body: Buffer.from('x') },
  headers: {
    ...{
      'content-type': 'audio/mpeg',
      etag: '"a"',
      'last-modified': 'x',
      'cache-control': 'private, no-cache',
    },
    ...{ 'content-disposition': 'attachment', 'accept-ranges': 'bytes', 'content-range': 'bytes 0-0/1' },
  },
};

describe('an answer that is as told', () => {
  it.each([
    ['a job', job()],
    ['with a query', job({ path: `/jobs/${exampleId}?x=1` })],
    ['a refusal', job({ status: 404, headers: PROBLEM }, refused('NOT_FOUND'))],
    ['nothing', job({ method: 'DELETE', status: 204, headers: {}, body: Buffer.alloc(0) })],
    ['no such path', job({ path: '/nowhere', status: 404, headers: PROBLEM }, refused('NOT_FOUND'))],
    ['no such method', job({ method: 'PUT', status: 405, headers: PROBLEM }, refused('METHOD_NOT_ALLOWED'))],
    ['headers alone', job({ method: 'HEAD', body: Buffer.alloc(0) })],
    ['a part of a file', download],
    ['events', events(`: open\n\nevent: job\ndata: ${JSON.stringify(queuedJob)}\n\n`)],
  ])('passes: %s', (_what, answer) => {
    expect(checker.check(answer)).toEqual([]);
  });
});

describe('an answer that is not as told', () => {
  it.each([
    ['a status', job({ status: 201 }), 'status 201 is not told of'],
    ['a content type', job({ headers: { 'content-type': 'text/html' } }), '"text/html" is not told of'],
    [
      'a body where none is told of',
      job({ method: 'DELETE', status: 204 }),
      'a body (application/json) is not',
    ],
    [
      'a field',
      job({}, { ...doneJob, ownerId: 'x' }),
      'additional properties {"additionalProperty":"ownerId"}',
    ],
    [
      'a field within',
      job({}, { ...doneJob, audio: { ...doneJob.audio, lease: 1 } }),
      '/audio must NOT have',
    ],
    [
      'a field in a list',
      job({ path: '/jobs' }, { jobs: [{ ...doneJob, x: 1 }], nextCursor: null }),
      '/jobs/0 must',
    ],
    ['a field that is missing', job({}, { ...doneJob, links: undefined }), "required property 'links'"],
    ['a value of another type', job({}, { ...doneJob, run: '1' }), '/run must be integer'],
    ['a state', job({}, { ...doneJob, state: 'deleted' }), '/state must be equal to one of'],
    ['a reason', job({}, { ...doneJob, error: { code: 'NEW', reason: '' } }), '/error/code must pass'],
    [
      'a code of another route',
      job({ status: 404, headers: PROBLEM }, refused('EMAIL_TAKEN')),
      '/status must be equal',
    ],
    ['what is no JSON', job({ body: Buffer.from('{') }), 'must be object'],
    [
      'a header that is missing',
      { ...download, headers: { ...download.headers, etag: undefined } },
      'header ETag is',
    ],
    [
      'a header that is wrong',
      { ...download, headers: { ...download.headers, 'accept-ranges': 'none' } },
      'Accept-Ranges: it must',
    ],
    ['a method', job({ method: 'PUT' }), 'status 200 of what is not told of'],
    ['a path', job({ path: '/metrics' }), 'status 200 of what is not told of'],
    ['an event', events('event: done\ndata: {}\n\n'), 'event "done" is not told of'],
    ['a field of an event', events('event: gone\ndata: {"id":"x","y":1}\n\n'), '"additionalProperty":"y"'],
  ])('fails: %s', (_what, answer, problem) => {
    expect(checker.check(answer).join('; ')).toContain(problem);
  });
});

it('knows what it has seen of what is told', () => {
  const fresh = new AnswerChecker(document);
  fresh.check(job());
  expect([...fresh.seen]).toEqual(['getJob 200']);
  expect(fresh.told).toEqual(expect.arrayContaining(['getJob 200', 'getJob 404', 'login 429']));
});
