import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { Webhook } from 'standardwebhooks';
import {
  AddressRules,
  newSecret,
  resolvePublicName,
  WebhookSender,
  type NameResolver,
  type WebhookAnswer,
} from '../src/index.ts';
import { answers, Receiver } from '../testing/index.ts';

const open: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function receiver(...options: Parameters<typeof Receiver.start>): Promise<Receiver> {
  const started = await Receiver.start(...options);
  open.push(started);
  return started;
}

const secret = newSecret(1);
const body = '{"hello":"Grüße"}';
const loopback = new AddressRules(['127.0.0.1']);
const forever = new AbortController().signal;
const nobody: NameResolver = () => Promise.reject(new Error('there is no such name'));

interface Sending {
  rules?: AddressRules;
  resolve?: NameResolver;
  attemptMs?: number;
  signal?: AbortSignal;
}

function send(url: string, { rules = loopback, resolve = nobody, signal = forever, ...more }: Sending = {}) {
  const sender = new WebhookSender({ rules, resolvers: { public: resolve, trusted: resolve }, ...more });
  const timestamp = Math.floor(Date.now() / 1000);
  return sender.send({ url, id: newId(), timestamp, body, secrets: [secret] }, signal);
}

function outcome({ status, error }: WebhookAnswer): unknown[] {
  return [status, error];
}

describe('a webhook', () => {
  it('is posted as JSON with a signature that the library of the standard accepts', async () => {
    const there = await receiver();
    expect(outcome(await send(there.url('/hook?key=1')))).toEqual([204, undefined]);
    const [received] = there.received;
    expect(received).toMatchObject({ method: 'POST', path: '/hook?key=1', body });
    expect(received?.headers).toMatchObject({
      'content-type': 'application/json',
      host: `127.0.0.1:${String(there.port)}`,
      connection: 'close',
    });
    const headers = received?.headers as Record<string, string>; // those that are signed come once
    expect(new Webhook(secret.value).verify(body, headers)).toEqual({ hello: 'Grüße' });
  });

  it.each([
    [200, undefined],
    [202, undefined],
    [300, 'REDIRECTED'],
    [400, 'NOT_2XX'],
    [404, 'NOT_2XX'],
    [410, 'GONE'],
    [429, 'NOT_2XX'],
    [500, 'NOT_2XX'],
    [503, 'NOT_2XX'],
  ])('answered %d has the error %s', async (status, error) => {
    const there = await receiver(answers.status(status));
    expect(outcome(await send(there.url()))).toEqual([status, error]);
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect (%d)', async (status) => {
    const elsewhere = await receiver();
    const there = await receiver(answers.status(status, { location: elsewhere.url() }));
    expect(outcome(await send(there.url()))).toEqual([status, 'REDIRECTED']);
    expect(elsewhere.received).toEqual([]);
  });

  it('tells how long the receiver wants to be left alone', async () => {
    const there = await receiver(answers.status(503, { 'retry-after': '120' }));
    expect(await send(there.url())).toMatchObject({ status: 503, retryAfterMs: 120_000 });
  });

  it.each(['hang', 'hangInBody'] as const)('does not wait for ever (%s)', async (name) => {
    const there = await receiver(answers[name]);
    expect(await send(there.url(), { attemptMs: 300 })).toMatchObject({ error: 'TIMEOUT' });
  });

  it('takes a short answer', async () => {
    const there = await receiver(answers.body('x'.repeat(60_000)));
    expect(outcome(await send(there.url()))).toEqual([200, undefined]);
  });

  it('reads no further in an answer of 100 MB', async () => {
    const taken = Promise.withResolvers<number>();
    const there = await receiver(answers.huge(100e6, taken.resolve));
    expect(outcome(await send(there.url()))).toEqual([200, 'ANSWER_TOO_LARGE']);
    expect(await taken.promise).toBeLessThan(20e6); // what lay in the buffers of both systems
  });

  it('reads nothing of an answer that announces 100 MB', async () => {
    const there = await receiver((res) => {
      res.writeHead(200, { 'content-length': 100e6 }).flushHeaders();
    });
    expect(outcome(await send(there.url()))).toEqual([200, 'ANSWER_TOO_LARGE']);
  });

  it.each([
    ['cut', 'CONNECTION_FAILED'],
    ['garbage', 'BAD_ANSWER'],
  ] as const)('that meets "%s" has failed', async (name, error) => {
    const there = await receiver(answers[name]);
    expect(outcome(await send(there.url()))).toEqual([undefined, error]);
  });

  it('that nobody takes has failed', async () => {
    const there = await receiver();
    const url = there.url();
    await there.close();
    expect(outcome(await send(url))).toEqual([undefined, 'CONNECTION_FAILED']);
  });

  it('is not given to a receiver whose certificate nobody vouches for', async () => {
    const there = await receiver(answers.status(204), { tls: true });
    expect(outcome(await send(there.url('/', 'https')))).toEqual([undefined, 'TLS_FAILED']);
    expect(there.received).toEqual([]);
  });

  it('is no TLS for a receiver that speaks none', async () => {
    const there = await receiver();
    expect(outcome(await send(there.url('/', 'https')))).toEqual([undefined, 'TLS_FAILED']);
  });

  it('ends with its signal', async () => {
    const there = await receiver(answers.hang);
    const stop = new AbortController();
    const sending = send(there.url(), { signal: stop.signal });
    await there.requests(1);
    stop.abort(new Error('stopping'));
    await expect(sending).rejects.toThrow('stopping');
    await expect(send(there.url(), { signal: stop.signal })).rejects.toThrow('stopping');
  });
});

describe('an address that may not be called', () => {
  it('is not, when it is written in the URL', async () => {
    const there = await receiver();
    expect(outcome(await send(there.url(), { rules: new AddressRules() }))).toEqual([
      undefined,
      'ADDRESS_REFUSED',
    ]);
    expect(there.received).toEqual([]);
  });

  it.each([['127.0.0.1'], ['::1'], ['10.0.0.1', '::ffff:127.0.0.1']])(
    'is not, when a name leads to %s',
    async (...addresses) => {
      const there = await receiver();
      const url = `http://example.org:${String(there.port)}/`;
      const resolve: NameResolver = () => Promise.resolve(addresses);
      expect(await send(url, { rules: new AddressRules(), resolve })).toMatchObject({
        error: 'ADDRESS_REFUSED',
      });
      expect(there.received).toEqual([]);
    },
  );

  it('is left out when the name has others, too', async () => {
    const there = await receiver();
    const asked: string[] = [];
    const resolve: NameResolver = (name) => {
      asked.push(name);
      return Promise.resolve(['10.255.255.1', '::1', '127.0.0.1', '169.254.169.254']);
    };
    const url = `http://Example.org:${String(there.port)}/`;
    expect(outcome(await send(url, { resolve }))).toEqual([204, undefined]);
    expect(asked).toEqual(['example.org']);
    expect(there.received[0]?.headers.host).toBe(`example.org:${String(there.port)}`);
  });

  it('is found at every attempt: what a name leads to may change', async () => {
    const there = await receiver();
    let addresses = ['127.0.0.1'];
    const resolve: NameResolver = () => Promise.resolve(addresses);
    const url = `http://rebinding.example.org:${String(there.port)}/`;
    expect(outcome(await send(url, { resolve }))).toEqual([204, undefined]);
    addresses = ['127.0.0.2'];
    expect(await send(url, { resolve })).toMatchObject({ error: 'ADDRESS_REFUSED' });
    expect(there.received).toHaveLength(1);
  });

  it('is called under a name that the operator trusts', async () => {
    const there = await receiver();
    const url = `http://receiver.internal:${String(there.port)}/`;
    const resolve: NameResolver = () => Promise.resolve(['127.0.0.1']);
    const answer = await send(url, { rules: new AddressRules(['receiver.internal']), resolve });
    expect(outcome(answer)).toEqual([204, undefined]);
  });
});

describe('a name', () => {
  it.each([
    ['nobody knows', nobody],
    ['leads nowhere', (): Promise<string[]> => Promise.resolve([])],
  ])('that %s cannot be called', async (_what, resolve) => {
    expect(await send('http://example.org/', { resolve })).toMatchObject({ error: 'NAME_UNRESOLVED' });
  });

  it('whose name server does not answer costs no more than any other attempt', async () => {
    const silent = createSocket('udp4');
    silent.bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const server = `127.0.0.1:${String(silent.address().port)}`;
    const resolve: NameResolver = (name, signal) => resolvePublicName(name, signal, [server]);
    try {
      expect(await send('http://example.org/', { resolve, attemptMs: 300 })).toMatchObject({
        error: 'TIMEOUT',
      });
    } finally {
      silent.close();
    }
  });

  it('is asked of the name servers, for both kinds of addresses', async () => {
    const server = createSocket('udp4');
    server.on('message', (query, { port }) => {
      server.send(dnsAnswer(query), port, '127.0.0.1');
    });
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const servers = [`127.0.0.1:${String(server.address().port)}`];
    try {
      expect(await resolvePublicName('localhost.example.org', forever, servers)).toEqual([
        '127.0.0.1',
        '::1',
      ]);
    } finally {
      server.close();
    }
  });
});

/** The answer to a query of one question (RFC 1035, section 4): loopback, for every name. */
function dnsAnswer(query: Buffer): Buffer {
  const answer = Buffer.from(query.subarray(0, query.indexOf(0, 12) + 5));
  answer.writeUInt16BE(0x8180, 2); // a response without an error
  answer.writeUInt16BE(1, 6); // one answer
  answer.writeUInt16BE(0, 10); // nothing additional
  const isIpv6 = answer.readUInt16BE(answer.length - 4) === 28;
  const address = Buffer.from(isIpv6 ? [...Array<number>(15).fill(0), 1] : [127, 0, 0, 1]);
  const record = Buffer.from([0xc0, 12, 0, isIpv6 ? 28 : 1, 0, 1, 0, 0, 0, 60, 0, address.length]);
  return Buffer.concat([answer, record, address]);
}

it('proxies that the environment names are not used', async () => {
  const there = await receiver();
  const proxy = await receiver(answers.status(502));
  const program = `
    import { request } from 'node:http';
    import { AddressRules, WebhookSender } from '@clipscribe/webhooks';
    const sender = new WebhookSender({ rules: new AddressRules(['127.0.0.1']) });
    const webhook = { url: '${there.url('/direct')}', id: 'x', timestamp: 1, body: '', secrets: [] };
    const { status } = await sender.send(webhook, new AbortController().signal);
    // What does not insist on going directly does use the proxy.
    request('${there.url('/other')}', (res) => console.log(status, res.resume().statusCode)).end();`;
  const env = { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy.url(''), NODE_OPTIONS: '' };
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { env });
  expect(stdout).toBe('204 502\n');
  expect(there.received.map(({ path }) => path)).toEqual(['/direct']);
});
