import { isIP } from 'node:net';
import { afterAll, beforeAll, expect } from '@jest/globals';
import {
  isId,
  jobListQuerySchema,
  languageCodes,
  mePatchSchema,
  newWebhookSchema,
  parseLanguage,
  qualities,
  uploadOptionsSchema,
  visibleStates,
} from '@clipscribe/contracts';
import { describeChapter, oddText, RawClient, requestBytes } from '@clipscribe/runtime/testing';
import express, { type Request } from 'express';
import fc from 'fast-check';
import { clientAddress, trustedProxiesSchema, trustFunction } from '../../src/trusted-proxies.ts';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from '../gateway-harness.ts';
import { succeededJob } from '../job-maker.ts';
import { expectDocumented } from './expect-documented.ts';

const uuid = fc.oneof(fc.uuid({ version: 7 }), fc.uuid());
const nearId = fc.oneof(
  uuid,
  fc.tuple(uuid, fc.nat(36), oddText(1)).map(([id, at, odd]) => id.slice(0, at) + odd + id.slice(at + 1)),
  fc.tuple(oddText(1), uuid, oddText(1)).map((parts) => parts.join('')),
  oddText(),
);
const odd = fc.oneof(oddText(3), fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(true, false, 0, 1, null));

/** Any of these members with any of these values or odd ones, and sometimes one that nobody knows. */
function nearly(members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  const shape = Object.entries(members).map(([name, good]) => [
    name,
    fc.oneof({ weight: 5, arbitrary: good }, { weight: 1, arbitrary: odd }),
  ]);
  const known = fc.record(Object.fromEntries(shape) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [],
  });
  const strange = fc.oneof(
    { weight: 5, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'role', '$ne', ''), odd, {
        maxKeys: 1,
      }),
    },
  );
  // As JSON brings it, members of the name __proto__ included.
  return fc.tuple(known, strange).map(([one, other]) => {
    const entries = [...Object.entries(one), ...Object.entries(other)];
    return JSON.parse(
      `{${entries.map((pair) => pair.map((part) => JSON.stringify(part)).join(':')).join(',')}}`,
    ) as Record<string, unknown>; // written as an object
  });
}

const uploadOptions = nearly({
  transcript: fc.constantFrom('true', 'YES', ' off ', true),
  language: fc.constantFrom('en', 'EN-us', 'German', 'zh_Hant'),
  prompt: fc.stringMatching(/^[\x20-\x7e]{1,40}$/),
  quality: fc.constantFrom('v2', '128K', 'V9'),
  title: oddText(3),
  webhook: fc.webUrl(),
});
const mePatch = nearly({ mail: nearly({ ready: fc.boolean(), failed: fc.boolean() }) });
const newWebhook = nearly({
  url: fc.constantFrom(
    'https://example.org/hook',
    'http://10.0.0.1/',
    'http://[::1]/',
    'ftp://example.org',
    'https://localhost',
  ),
  events: fc.array(fc.constantFrom('job.failed', 'job.succeeded', 'job.unknown'), { maxLength: 3 }),
  enabled: fc.boolean(),
});

const proxy = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(140)).map(([address, bits]) => `${address}/${bits}`),
  fc.constantFrom('loopback', 'uniquelocal', '0.0.0.0/0', '::/0', '0', '1', '10', '11', '-1', 'true', '*'),
  oddText(2),
);

describeChapter(import.meta.dirname, 'inputs', (forAll) => {
  forAll(1500, {
    claim: 'an id is a UUID of version 7 and nothing beside it',
    values: nearId,
    holds: (text) => {
      const isUuid =
        text.length === 36 && /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i.test(text);
      expect(isId(text)).toBe(isUuid);
    },
  });

  forAll(2000, {
    claim: 'options are refused, or come out in one form that is taken as it is',
    values: uploadOptions,
    holds: (given) => {
      const parsed = uploadOptionsSchema.safeParse(given);
      if (!parsed.success) return;
      const { transcript, language, prompt, quality, title, webhook, ...rest } = parsed.data;
      expect(rest).toEqual({});
      expect(typeof transcript).toBe('boolean');
      expect(qualities).toContain(quality);
      if (language !== undefined) expect(languageCodes).toContain(language);
      for (const text of [prompt, title])
        if (text !== undefined) expect(text).toMatch(/^[^\0-\x1f\x7f]{1,1000}$/); // eslint-disable-line no-control-regex -- these are refused
      if (webhook !== undefined) expect(new URL(webhook).href).toBe(webhook);
      expect(uploadOptionsSchema.parse(parsed.data)).toEqual(parsed.data);
      expect(Object.keys(given).filter((key) => !Object.hasOwn(uploadOptionsSchema.shape, key))).toEqual([]);
    },
  });

  forAll(1500, {
    claim: 'a language is one of the list, or none',
    values: fc.oneof(
      oddText(3),
      fc.stringMatching(/^[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{1,9}){0,3}$/),
      fc.constantFrom(...languageCodes),
    ),
    holds: (text) => {
      const code = parseLanguage(text);
      if (code === null) return;
      expect(languageCodes).toContain(code);
      expect(parseLanguage(code)).toBe(code);
      expect(parseLanguage(` ${text.toUpperCase()} `)).toBe(code);
    },
  });

  forAll(1000, {
    claim: 'a query for jobs is refused, or has a limit, a cursor and a state that there are',
    values: fc.dictionary(
      fc.constantFrom('limit', 'cursor', 'state', 'search', 'x'),
      fc.oneof(nearId, fc.integer().map(String), fc.constantFrom(...visibleStates, ['1', '2'], '5')),
    ),
    holds: (query) => {
      const parsed = jobListQuerySchema.safeParse(query);
      if (!parsed.success) return;
      const { limit, cursor, state, search } = parsed.data;
      expect(Number.isInteger(limit) && limit >= 1 && limit <= 100).toBe(true);
      if (cursor !== undefined) expect(isId(cursor)).toBe(true);
      if (state !== undefined) expect(visibleStates).toContain(state);
      if (search !== undefined) expect(search.trim()).toMatch(/^.{1,200}$/su);
    },
  });

  forAll(1000, {
    claim: 'JSON is taken only without members that are not known',
    values: fc.record({ me: mePatch, webhook: newWebhook }),
    holds: ({ me, webhook }) => {
      const before = Object.getOwnPropertyNames(Object.prototype).join();
      if (mePatchSchema.safeParse(me).success)
        expect(Object.keys(me).filter((key) => key !== 'mail')).toEqual([]);
      if (newWebhookSchema.safeParse(webhook).success)
        expect(Object.keys(webhook).filter((key) => !['url', 'events', 'enabled'].includes(key))).toEqual([]);
      expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
    },
  });

  forAll(1000, {
    claim: 'not everybody can be trusted to say where a request comes from',
    values: fc.array(proxy, { minLength: 1, maxLength: 3 }).map((list) => list.join(', ')),
    holds: (text) => {
      const { success, data } = trustedProxiesSchema.safeParse(text);
      if (!success || data === undefined) return;
      if (typeof data === 'number') expect(data >= 1 && data <= 10).toBe(true);
      else {
        expect(data.length).toBeGreaterThan(0);
        for (const entry of data) {
          const [address = '', bits = '32'] = entry.split('/');
          expect(
            ['loopback', 'linklocal', 'uniquelocal'].includes(entry) ||
              (isIP(address) !== 0 && Number(bits) >= 1),
          ).toBe(true);
        }
      }
      // It must be something that can be asked.
      expect(typeof trustFunction(data)('192.0.2.1', 0)).toBe('boolean');
    },
  });

  forAll(700, {
    claim: 'a client cannot choose its address: what trusted proxies have added counts',
    values: fc.record({
      hops: fc.integer({ min: 1, max: 3 }),
      said: fc.array(
        oddText(1).map((text) => text.replaceAll(',', '').trim()),
        { maxLength: 3 },
      ),
      added: fc.array(fc.ipV4(), { minLength: 3, maxLength: 3 }),
    }),
    holds: ({ hops, said, added }) => {
      const app = express().set('trust proxy', hops);
      const chain = added.slice(0, hops);
      const socket = { remoteAddress: '192.0.2.1' };
      const headers = { 'x-forwarded-for': [...said, ...chain].join(', ') };
      // What express makes `ip` of.
      const req = Object.assign(Object.create(app.request) as Request, {
        app,
        headers,
        socket,
        connection: socket,
      });
      expect(req.ip).toBe(chain[0]);
      expect(clientAddress(req, trustFunction(hops))).toBe(chain[0]);
    },
  });

  let auth: TestAuth;
  let gateway: GatewayUnderTest;
  let client: RawClient;
  let jobId = '';
  beforeAll(async () => {
    auth = await startAuth();
    gateway = await startGateway(auth);
    client = new RawClient(gateway.port);
    jobId = (await succeededJob(gateway, auth.bob)).id;
  });
  afterAll(async () => {
    client.close();
    await gateway.close();
    await auth.close();
  });
  const bearer = () => ['Authorization', `Bearer ${auth.ada.token}`] as const;
  const json = ['Content-Type', 'application/json'] as const;

  forAll(300, {
    claim: 'a request with odd JSON changes what it may change, or nothing',
    values: fc.oneof(
      mePatch.map((body) => ({ line: 'PATCH /me', body: JSON.stringify(body) })),
      newWebhook.map((body) => ({ line: 'POST /webhooks', body: JSON.stringify(body) })),
      fc.record({
        line: fc.constantFrom('PATCH /me', 'POST /webhooks'),
        body: fc.oneof(fc.json(), oddText()),
      }),
    ),
    holds: async ({ line, body }) => {
      const before = await gateway.owners.get(auth.ada.userId);
      const answer = await client.exchange([requestBytes(line, [bearer(), json], Buffer.from(body))]);
      expectDocumented(answer);
      const after = await gateway.owners.get(auth.ada.userId);
      if (answer.status >= 400) expect(after).toEqual(before);
      else if (line === 'PATCH /me')
        expect({ ...after, mail: null, version: null }).toEqual({ ...before, mail: null, version: null });
      else {
        const [added] = after.webhooks.slice(-1);
        expect(after.webhooks).toHaveLength(before.webhooks.length + 1);
        expect(added?.url).toBe('https://example.org/hook');
        // There may be only so many.
        await gateway
          .as(auth.ada)
          .delete(`/webhooks/${added?.id ?? ''}`)
          .expect(204);
      }
    },
  });

  forAll(1000, {
    claim: 'no id and no query leads to what is not there, or to what is somebody else’s',
    values: fc.record({
      path: fc.constantFrom(
        '/jobs/ID',
        '/jobs/ID/audio',
        '/jobs/ID/transcript?format=QUERY',
        '/jobs/ID/transcripts/QUERY',
        '/download?fid=ID',
        '/download?fid=ID&fid=QUERY',
        '/jobs?cursor=ID&limit=QUERY',
        '/jobs?search=QUERY',
        '/webhooks/ID',
        '/uploads/ID',
        '/webhooks/ID/deliveries?cursor=QUERY',
        '/jobs/ID/../ID',
      ),
      id: fc.oneof(nearId, fc.constant('BOB')),
      query: nearId,
      isEncoded: fc.boolean(),
    }),
    holds: async ({ path, id, query, isEncoded }) => {
      const put = (text: string): string => {
        const encoded = encodeURIComponent(text.toWellFormed());
        // As it is, as far as a request line can carry it: `#` is never sent.
        return isEncoded
          ? encoded
          : encoded.replaceAll(/%(?:2[124-9a-f]|[3-7][0-9a-e])/gi, (code) => decodeURIComponent(code));
      };
      const url = path
        .replaceAll('ID', () => put(id === 'BOB' ? jobId : id))
        .replace('QUERY', () => put(query));
      const answer = await client.exchange([
        requestBytes(`GET ${url}`, [bearer(), ['Tus-Resumable', '1.0.0']]),
      ]);
      expectDocumented(answer);
      expect(gateway.untold()).toEqual([]);
      // Lists of the own things, which are empty, and the welcome.
      if (answer.status < 400)
        expect(answer.body.toString()).toMatch(/^\{"(jobs|webhooks)":\[\](,"nextCursor":null)?\}$|^[^{]/);
    },
  });
});
