import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routesOf } from '@clipscribe/runtime/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import { openApiDocument } from '../src/openapi/document.ts';
import { pathMethods } from '../src/routes/method-rules.ts';
import { isObject, objectAt, type Json, type JsonObject } from '../testing/closed-document.ts';
import { SchemaChecks } from '../testing/schema-checks.ts';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';

const document = JSON.parse(JSON.stringify(openApiDocument())) as JsonObject; // what is sent
const checks = new SchemaChecks(document);

interface Told {
  name: string;
  path: string;
  place: string[];
  operation: JsonObject;
}

const operations: Told[] = Object.entries(objectAt(document, 'paths')).flatMap(([path, item]) =>
  Object.entries(item as JsonObject).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
    ...{ path, place: ['paths', path, method], operation: operation as JsonObject },
  })),
);

/** Every media type with the place of it: of bodies that are sent to us and of those that we send. */
function mediaOf(value: Json, place: string[]): [place: string[], media: JsonObject][] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name !== 'content') return name.startsWith('example') ? [] : mediaOf(inner, [...place, name]);
    return Object.entries(inner as JsonObject).map(([type, media]): [string[], JsonObject] => [
      [...place, name, type],
      media as JsonObject,
    ]);
  });
}

const media = mediaOf(document, []);

describe('the document', () => {
  it('is valid by the schemas of the OpenAPI initiative', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('has the version of the package', async () => {
    const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
    expect(objectAt(document, 'info')['version']).toBe((JSON.parse(text) as { version: string }).version);
  });

  it('tells of every method of every path, and of no other', () => {
    const let_ = Object.entries(pathMethods).flatMap(([path, methods]) =>
      methods.map((method) => `${method} ${path}`),
    );
    expect(operations.map(({ name }) => name).sort()).toEqual(let_.sort());
  });

  it('names each operation once', () => {
    const ids = operations.map(({ operation }) => operation['operationId']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(operations)(
    'has a summary, and says of everything in it what it is: $name',
    ({ path, operation }) => {
      expect(operation).toMatchObject({ summary: expect.stringMatching(/\w/), tags: [expect.any(String)] });
      const parameters = (operation['parameters'] ?? []) as JsonObject[];
      const inPath = parameters
        .filter((parameter) => parameter['in'] === 'path')
        .map(({ name }) => `{${name as string}}`);
      expect(inPath.sort()).toEqual((path.match(/\{\w+\}/g) ?? []).sort());
      for (const parameter of parameters.filter(
        ({ name }) => !/^(Tus-Resumable|X-HTTP-Method-Override)$/.test(name as string),
      ))
        expect(parameter).toMatchObject({ description: expect.stringMatching(/\w/) });
      for (const answer of Object.values(objectAt(operation, 'responses')))
        expect(answer).toMatchObject(
          '$ref' in (answer as JsonObject) ? {} : { description: expect.stringMatching(/\w/) },
        );
    },
  );

  it.each(operations.filter(({ name }) => /^\w+ .*:/.test(name)))(
    'tells of 400 for malformed paths: $name',
    ({ operation }) => {
      expect(Object.keys(objectAt(operation, 'responses'))).toContain('400');
    },
  );

  it('has no constants where generators of clients stumble over them: headers and refusals', () => {
    const headers = operations
      .flatMap(({ operation }) => (operation['parameters'] ?? []) as JsonObject[])
      .filter((parameter) => parameter['in'] === 'header');
    const refusals = Object.entries(objectAt(objectAt(document, 'components'), 'responses'));
    const all = [...headers.map((header) => [header['name'], header]), ...refusals];
    expect(all.length).toBeGreaterThan(0);
    const constant = all.filter((named) => JSON.stringify(named).includes('"const"'));
    expect(constant.map(([name]) => name)).toEqual([]);
  });

  it('shows an example of every body', () => {
    const without = media.filter(
      ([, { example, examples }]) => example === undefined && examples === undefined,
    );
    expect(without.map(([place]) => place.join(' '))).toEqual([]);
  });

  it.each(media.map(([place, content]) => ({ name: place.join(' '), place, content })))(
    'has examples that fit: $name',
    ({ place, content }) => {
      const examples = Object.values(objectAt(content, 'examples')).map(
        (one) => (one as JsonObject)['value'],
      );
      const all = content['example'] === undefined ? examples : [content['example']];
      expect(all.length).toBeGreaterThan(0);
      for (const example of all) expect(checks.problemsOf([...place, 'schema'], example)).toEqual([]);
    },
  );
});

describe('on the gateway', () => {
  let auth: TestAuth;
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    auth = await startAuth();
    gateway = await startGateway(auth);
  });
  afterAll(async () => {
    await gateway.close();
    await auth.close();
  });

  it('tells of every route that express has, and of no other', () => {
    // Express answers HEAD where there is GET.
    const gets = operations
      .filter(({ name }) => name.startsWith('GET '))
      .map(({ name }) => name.replace('GET', 'HEAD'));
    const own = operations.map(({ name }) => name).filter((name) => !gets.includes(name));
    expect(own.sort()).toEqual(routesOf(gateway.app).sort());
  });

  it('is sent as it is, small for those who can unpack it, and not at all to those who have it', async () => {
    const answer = await gateway.client
      .get('/openapi.json')
      .set('Accept-Encoding', 'br')
      .buffer(true)
      .expect(200);
    expect(answer.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'application/json; charset=utf-8',
    });
    const plain = await gateway.client.get('/openapi.json').set('Accept-Encoding', 'identity').expect(200);
    expect(plain.body).toEqual(document);
    const { etag = '' } = plain.headers;
    const again = { 'Accept-Encoding': 'identity', 'If-None-Match': etag };
    expect((await gateway.client.get('/openapi.json').set(again).expect(304)).text).toBe('');
  });
});
