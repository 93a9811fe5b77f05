import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openApiDocument } from '../src/openapi/document.ts';
import { pathMethods } from '../src/routes/method-rules.ts';
import { isObject, objectAt, type JsonObject } from '../testing/closed-document.ts';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { queuedJob } from './job-maker.ts';

const paths = objectAt(JSON.parse(JSON.stringify(openApiDocument())) as JsonObject, 'paths'); // as it is sent

/** Paths, as the document has them, that answer GET with JSON. */
const jsonPaths = Object.keys(paths).filter((path) => {
  const responses = objectAt(objectAt(objectAt(paths, path), 'get'), 'responses');
  return isObject(objectAt(objectAt(responses, '200'), 'content')['application/json']);
});

const statuses = (path: string, method: string): string[] =>
  Object.keys(objectAt(objectAt(objectAt(paths, path), method), 'responses'));

/** Every answer here is held against the document, too: see the harness. */
describe('a condition on an answer of JSON', () => {
  let auth: TestAuth;
  let gateway: GatewayUnderTest;
  let id: string;
  beforeAll(async () => {
    auth = await startAuth();
    gateway = await startGateway(auth);
    ({ id } = await queuedJob(gateway, auth.ada));
  });
  afterAll(async () => {
    await gateway.close();
    await auth.close();
  });

  it.each(jsonPaths)('is told of, for all methods that can have one: %s', (path) => {
    expect(statuses(path, 'get')).toContain('304');
    const methods = pathMethods[path.replace(/\{(\w+)\}/g, ':$1')] ?? [];
    expect(methods).toContain('GET');
    if (methods.includes('HEAD')) expect(statuses(path, 'head')).toContain('304');
    for (const method of ['post', 'patch'].filter((one) => methods.includes(one.toUpperCase())))
      expect(statuses(path, method)).not.toContain('304');
  });

  const asked = [
    '/jobs',
    '/jobs/:id',
    '/jobs/:id/transcripts',
    '/jobs/:id/webhooks',
    '/me',
    '/webhooks',
    '/healthz',
  ];

  it.each(asked)('that anything fulfils is answered 304 without a body: %s', async (template) => {
    const path = template.replace(':id', id);
    const ada = gateway.as(auth.ada);
    for (const ask of [ada.get(path), ada.head(path)]) {
      const answer = await ask.set('If-None-Match', '*');
      expect(answer.status).toBe(304);
      expect(answer.body).toEqual({});
    }
  });

  it.each(['"a"', 'W/"a"', '"a", "b"', '', 'a'])('that nothing fulfils changes nothing: %s', async (tag) => {
    const answer = await gateway.as(auth.ada).get(`/jobs/${id}`).set('If-None-Match', tag).expect(200);
    expect(answer.headers).not.toHaveProperty('etag');
    expect(answer.body).toMatchObject({ id });
  });

  it('is not looked at before it is known who asks, and for what', async () => {
    await gateway.client.get('/jobs').set('If-None-Match', '*').expect(401);
    await gateway.as(auth.bob).get(`/jobs/${id}`).set('If-None-Match', '*').expect(404);
    await gateway.as(auth.ada).get('/jobs?limit=0').set('If-None-Match', '*').expect(400);
  });
});
