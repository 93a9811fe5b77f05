import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { hostile } from '@clipscribe/converter/testing';
import { Client } from '../../support/client.ts';
import { startEmbedded, type Running } from '../../support/running.ts';
import { bearer } from './http-cases/world.ts';
import { head, sendRaw, type RawAnswer } from '../../support/security/raw-http.ts';
import { judge, type Case } from '../../support/security/verdict-table.ts';
import { adminEmail, adminPassword } from '../../support/suite-process.ts';

const PAGE = 'https://app.example.org';
const STRANGE = 'https://evil.example.org';
const preflight = [
  'Access-Control-Request-Method: PATCH',
  'Access-Control-Request-Headers: authorization,upload-offset',
];

/** What every answer says, whatever it is about. */
const safe: readonly [header: string, value: RegExp][] = [
  ['x-content-type-options', /^nosniff$/],
  ['content-security-policy', /default-src 'none'.*frame-ancestors 'none'.*sandbox/],
  ['referrer-policy', /^no-referrer$/],
  ['cross-origin-resource-policy', /^same-origin$/],
  ['cross-origin-opener-policy', /^same-origin$/],
  ['strict-transport-security', /max-age=\d{8}/],
  ['x-frame-options', /./],
];
const telling = ['x-powered-by', 'server', 'access-control-allow-origin', 'set-cookie'];

describe('security: headers and browsers', () => {
  let folder: string;
  let closed: Running;
  let open: Running;
  let ada: Client;
  let jobId: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-security-browsers-'));
    closed = await startEmbedded(join(folder, 'closed'), { TRANSCRIBER: 'none' });
    open = await startEmbedded(join(folder, 'open'), {
      TRANSCRIBER: 'none',
      CORS_ORIGINS: `${PAGE}, http://localhost:5173`,
    });
    ada = await Client.login(closed.url, adminEmail, adminPassword);
    const content = hostile.wav({ dataBytes: 8000 });
    const part = { name: '<script>.html', bytes: content.length, content: () => Readable.from([content]) };
    const [job] = await ada.upload([part]);
    jobId = (await ada.ended(job?.id ?? '')).id;
  });
  afterAll(async () => {
    await Promise.all([closed.stop(), open.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  const answers: [what: string, ask: () => Promise<RawAnswer>][] = [
    ['GET /', () => sendRaw(closed.url, head('GET /'))],
    ['GET /healthz', () => sendRaw(closed.url, head('GET /healthz'))],
    ['an answer without a token', () => sendRaw(closed.url, head('GET /jobs'))],
    ['an answer about nothing', () => sendRaw(closed.url, head('GET /<script>alert(1)</script>'))],
    ['a job', () => sendRaw(closed.url, head(`GET /jobs/${jobId}`, bearer(ada)))],
    ['an MP3', () => sendRaw(closed.url, head(`GET /jobs/${jobId}/audio`, bearer(ada)))],
    ['the options of tus', () => sendRaw(closed.url, head('OPTIONS /uploads'))],
  ];
  const headers: Case[] = answers.map(([what, ask]) => ({
    no: 'headers',
    what,
    expected: 'all safe, nothing told',
    see: async () => {
      const { headers: sent } = await ask();
      const unsafe = safe.filter(([name, value]) => !value.test(sent[name] ?? '')).map(([name]) => name);
      const told = telling.filter((name) => sent[name] !== undefined);
      return unsafe.length + told.length === 0 ? 'all safe, nothing told' : [...unsafe, ...told].join(', ');
    },
  }));

  const cors = async (running: Running, line: string, origin: string, ...more: string[]): Promise<string> => {
    const { status, headers: sent } = await sendRaw(running.url, head(line, `Origin: ${origin}`, ...more));
    const said = Object.keys(sent).filter((name) => name.startsWith('access-control'));
    const allowed = sent['access-control-allow-origin'];
    return `${String(status)} ${said.length === 0 ? 'nothing said' : `lets in ${allowed ?? 'nobody'}`}`;
  };
  judge('Headers and browsers', [
    ...headers,
    {
      no: 'download',
      what: 'an MP3 whose video was called <script>.html',
      expected: 'audio/mpeg; attachment; filename="<script>.mp3"',
      see: async () => {
        const { headers: sent } = await sendRaw(closed.url, head(`GET /jobs/${jobId}/audio`, bearer(ada)));
        return `${sent['content-type'] ?? ''}; ${sent['content-disposition'] ?? ''}`;
      },
    },
    {
      no: 'CORS',
      what: 'any page, by default',
      expected: '401 nothing said',
      see: () => cors(closed, 'GET /jobs', PAGE),
    },
    {
      no: 'CORS',
      what: 'its question before a PATCH, by default',
      expected: '204 nothing said',
      see: () => cors(closed, 'OPTIONS /uploads/x', PAGE, ...preflight),
    },
    {
      no: 'CORS',
      what: 'its question before a POST, by default',
      expected: '405 nothing said',
      see: () => cors(closed, 'OPTIONS /upload', PAGE, ...preflight),
    },
    {
      no: 'CORS',
      what: 'a page that the operator lets in',
      expected: `401 lets in ${PAGE}`,
      see: () => cors(open, 'GET /jobs', PAGE),
    },
    {
      no: 'CORS',
      what: 'its question before a PATCH',
      expected: `204 lets in ${PAGE}`,
      see: () => cors(open, 'OPTIONS /uploads/x', PAGE, ...preflight),
    },
    {
      no: 'CORS',
      what: 'its question before a POST',
      expected: `204 lets in ${PAGE}`,
      see: () => cors(open, 'OPTIONS /upload', PAGE, ...preflight),
    },
    {
      no: 'CORS',
      what: 'another page',
      expected: '401 nothing said',
      see: () => cors(open, 'GET /jobs', STRANGE),
    },
    {
      no: 'CORS',
      what: 'the origin null, of a sandboxed page',
      expected: '401 nothing said',
      see: () => cors(open, 'GET /jobs', 'null'),
    },
    {
      no: 'CORS',
      what: 'a name that begins alike',
      expected: '401 nothing said',
      see: () => cors(open, 'GET /jobs', `${PAGE}.evil.org`),
    },
  ]);
});
