import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  bodyMayTakeLong,
  closeServer,
  createHttpApp,
  createMetrics,
  jsonBody,
  listen,
  problemHandler,
  silentLog,
  type Listening,
} from '../src/index.ts';

const REQUEST_MS = 100;

let listening: Listening;
let longRead: PromiseWithResolvers<string>;

beforeEach(async () => {
  longRead = Promise.withResolvers();
  const app = createHttpApp({ log: silentLog, metrics: createMetrics('test'), requestMs: REQUEST_MS });
  app.post('/json', jsonBody);
  app.post('/json', (req, res) => {
    res.json(req.body);
  });
  app.post('/unread', (_req, res) => {
    res.status(204).end();
  });
  app.post('/long', async (req, res) => {
    bodyMayTakeLong(req);
    longRead.resolve(await text(req));
    res.status(202).end();
  });
  app.use(problemHandler(silentLog));
  listening = await listen(app, { host: '127.0.0.1', port: 0, requestMs: REQUEST_MS });
});
afterEach(() => closeServer(listening.server, 0));

function open(...lines: string[]) {
  const socket = connect(listening.port, '127.0.0.1');
  socket.write(lines.join('\r\n'));
  return { socket, answer: text(socket) };
}

const post = (path: string) => [`POST ${path} HTTP/1.1`, 'Host: x', 'Content-Type: application/json'];

describe('a request that does not come to its end', () => {
  it.each<[string, string[]]>([
    ['headers', ['GET /json HTTP/1.1', 'Host: x', 'X: never en']],
    ['no headers at all', ['']],
    ['a body that is read', [...post('/json'), 'Content-Length: 100', '', '{"a":']],
    ['a body in chunks', [...post('/json'), 'Transfer-Encoding: chunked', '', '5', '{"a":', '']],
  ])('%s: 408, and the connection is closed', async (_what, lines) => {
    const answer = await open(...lines).answer;
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toMatch(/"code":"REQUEST_TIMEOUT"/);
    expect(answer).toMatch(/connection: close/i);
  });

  it('a body that nobody reads: the connection is closed after the answer', async () => {
    expect(await open(...post('/unread'), 'Content-Length: 100', '', 'x').answer).toMatch(/^HTTP\/1\.1 204 /);
  });
});

it('a body that may take long does', async () => {
  expect(listening.server.requestTimeout).toBe(0); // Node would cut it after five minutes
  const { socket, answer } = open(...post('/long'), 'Connection: close', 'Content-Length: 10', '', '01234');
  // The one that is cut off began later and had all its time: so the limit has passed for the other as well.
  await open(...post('/json'), 'Content-Length: 100', '', '{').answer;
  socket.write('56789');
  expect(await longRead.promise).toBe('0123456789');
  expect(await answer).toMatch(/^HTTP\/1\.1 202 /);
});

it('requests on a connection that stays open have their own time each', async () => {
  const whole = [...post('/json'), 'Content-Length: 7', '', '{"a":1}'].join('\r\n');
  const { socket, answer } = open(whole);
  await open(...post('/json'), 'Content-Length: 100', '', '{').answer;
  socket.end(whole);
  expect((await answer).match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
});
