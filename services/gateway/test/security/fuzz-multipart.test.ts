import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { problems, type JobView, type ProblemBody, type ProblemCode } from '@clipscribe/contracts';
import { HttpProblem } from '@clipscribe/runtime';
import {
  cutInto,
  cuts,
  damaged,
  damages,
  describeChapter,
  oddText,
  RawClient,
  requestBytes,
  type RawAnswer,
} from '@clipscribe/runtime/testing';
import fc from 'fast-check';
import { safeFileName } from '../../src/upload/file-name.ts';
import { readMultipart } from '../../src/upload/multipart.ts';
import {
  nothing,
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type TestAuth,
} from '../gateway-harness.ts';
import { contentsIn, contentType, form, formBytes, neededBytes, partName } from './multipart-model.ts';

const MAX_FILES = 5;
/** As in multipart.ts. */
const MAX_FIELDS = 20;
const limits = { maxUploadBytes: 1_000_000, maxFiles: MAX_FILES, stallMs: 20_000 };

/** A part as the parser has handed it out. */
interface GotPart {
  field?: string;
  file?: string | undefined;
  content: Buffer;
}

/** What becomes of a body that arrives in these pieces: its parts in their order, or why it is refused. */
async function receive(type: string, pieces: readonly Buffer[]): Promise<GotPart[] | ProblemCode> {
  // What the reader of bodies uses of a request.
  const req = Object.assign(Readable.from(pieces), {
    headers: { 'content-type': type },
  }) as unknown as IncomingMessage;
  const parts: Promise<GotPart>[] = [];
  try {
    await readMultipart(req, limits, new AbortController(), {
      onFile: (file, content) => {
        const part = buffer(content).then((bytes) => ({ file, content: bytes }));
        part.catch(() => undefined); // of a body that is refused nobody waits for the parts
        parts.push(part);
      },
      onField: (field, value) => {
        parts.push(Promise.resolve({ field, content: Buffer.from(value) }));
      },
    });
    return await Promise.all(parts);
  } catch (error) {
    if (error instanceof HttpProblem) return error.code;
    throw error;
  }
}

const broken: readonly ProblemCode[] = [
  'INVALID_MULTIPART',
  'TOO_MANY_FILES',
  'TOO_MANY_FIELDS',
  'INVALID_OPTION',
];

describeChapter(import.meta.dirname, 'multipart', (forAll) => {
  forAll(2300, {
    claim: 'a well-formed body gives its parts, names and bytes, in whatever pieces it comes',
    values: fc.record({ form, cuts: cuts() }),
    holds: async ({ form: sent, cuts: places }) => {
      const got = await receive(contentType(sent), cutInto(formBytes(sent), places));
      const expected = sent.parts.map(({ field, file, content }) =>
        file === undefined
          ? { field, content: Buffer.from(Buffer.from(content).toString()) }
          : { file, content: Buffer.from(content) },
      );
      expect(got).toEqual(expected);
    },
  });

  forAll(1700, {
    claim: 'a body that is cut off before its last delimiter is refused, wherever it is cut',
    values: fc.record({
      form,
      cuts: cuts(),
      end: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    }),
    holds: async ({ form: sent, cuts: places, end }) => {
      const whole = formBytes(sent);
      const cut = whole.subarray(0, Math.floor(end * neededBytes(whole)));
      expect(await receive(contentType(sent), cutInto(cut, places))).toBe('INVALID_MULTIPART');
    },
  });

  forAll(2500, {
    claim: 'a damaged body is refused, or gives every part that is in it, byte by byte',
    values: fc.record({
      form,
      cuts: cuts(),
      done: damages(
        '\r\n',
        '\r\n\r\n',
        '--',
        '\r\n--',
        '"',
        ';',
        ':',
        '\0',
        'filename=x',
        'Content-Disposition: form-data',
        '\n',
      ),
    }),
    holds: async ({ form: sent, cuts: places, done }) => {
      const body = damaged(formBytes(sent), done);
      const got = await receive(contentType(sent), cutInto(body, places));
      if (typeof got === 'string') {
        expect(broken).toContain(got);
        return;
      }
      const contents = contentsIn(body, sent.boundary);
      expect(got).toHaveLength(contents?.length ?? -1);
      for (const [index, { field, content }] of got.entries()) {
        // Fields are text.
        if (field === undefined)
          expect(content.toString('latin1')).toBe(contents?.[index]?.toString('latin1'));
      }
    },
  });

  forAll(700, {
    claim: 'one part more than is allowed is refused with the code of what there is too much of',
    values: fc.record({ kinds: fc.array(fc.boolean(), { maxLength: 40 }), cuts: cuts(3) }),
    holds: async ({ kinds, cuts: places }) => {
      const parts = kinds.map((isFile, index) => ({
        field: `f${index}`,
        ...(isFile ? { file: 'a.mp4' } : {}),
        content: Buffer.from(String(index)),
      }));
      const left = { true: MAX_FILES, false: MAX_FIELDS };
      const over = kinds.find((isFile) => (left[`${isFile}`] -= 1) < 0);
      const got = await receive(
        contentType({ boundary: 'b', isQuoted: false }),
        cutInto(formBytes({ boundary: 'b', parts }), places),
      );
      if (over === undefined) expect(got).toHaveLength(kinds.length);
      else expect(got).toBe(over ? 'TOO_MANY_FILES' : 'TOO_MANY_FIELDS');
    },
  });

  forAll(1000, {
    claim: 'under an odd Content-Type a body is refused, or read as it was meant',
    values: fc.record({
      type: fc.oneof(
        oddText(),
        oddText(3).map((odd) => `multipart/form-data; boundary=${odd}`),
        oddText(2).map((odd) => `multipart/form-data${odd}; boundary=bound`),
        oddText(2).map((odd) => `multipart/form-data; ${odd}boundary=bound`),
        oddText(2).map((odd) => `multipart/form-data; boundary="bound"${odd}`),
        fc.nat(100).map((length) => `multipart/form-data; boundary=${'x'.repeat(length)}`),
      ),
      cuts: cuts(3),
    }),
    holds: async ({ type, cuts: places }) => {
      const parts = [{ field: 'file', file: 'a.mp4', content: Buffer.from('bytes') }];
      const got = await receive(type, cutInto(formBytes({ boundary: 'bound', parts }), places));
      if (typeof got === 'string') expect(['UNSUPPORTED_TYPE', 'INVALID_MULTIPART']).toContain(got);
      else expect(got).toEqual([{ file: 'a.mp4', content: Buffer.from('bytes') }]);
    },
  });

  forAll(1500, {
    claim: 'a file name is made safe, keeps its ending, and is safe once and for all',
    values: fc.oneof(
      oddText(60),
      partName,
      fc.tuple(oddText(60), fc.constantFrom('.mp4', '.webm')).map((parts) => parts.join('')),
    ),
    holds: (name) => {
      const safe = safeFileName(name);
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200);
      expect(safe).not.toMatch(/[/\\\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      expect(safe).not.toMatch(/^\s*\.*\s*$/);
      expect(safeFileName(safe)).toBe(safe);
      if (/\.(mp4|webm)$/.test(name) && !/[/\\]\.(mp4|webm)$/.test(name))
        expect(safe).toMatch(/\.(mp4|webm)$|^\.?(mp4|webm)$/);
    },
  });

  let auth: TestAuth;
  let gateway: GatewayUnderTest;
  let client: RawClient;
  /** Whether something of an earlier case may be there still. */
  let isUsed = false;
  beforeAll(async () => {
    auth = await startAuth();
    gateway = await startGateway(auth, { maxFiles: MAX_FILES });
    client = new RawClient(gateway.port);
  });
  afterAll(async () => {
    client.close();
    await gateway.close();
    await auth.close();
  });

  /** A gateway without jobs and files. */
  async function fresh(): Promise<void> {
    if (isUsed) await gateway.reset();
    isUsed = false;
  }

  function upload(
    sent: Parameters<typeof contentType>[0],
    body: Buffer,
    places: readonly number[],
    isChunked: boolean,
  ): Buffer[] {
    const headers = [
      ['Authorization', `Bearer ${auth.ada.token}`],
      ['Content-Type', contentType(sent)],
    ] as const;
    const pieces = cutInto(body, places);
    if (!isChunked) {
      const whole = requestBytes('POST /upload', headers, body);
      return [whole.subarray(0, whole.length - body.length), ...pieces];
    }
    const chunks = pieces.map((piece) =>
      Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]),
    );
    return [
      requestBytes('POST /upload', [...headers, ['Transfer-Encoding', 'chunked']]),
      ...chunks,
      Buffer.from('0\r\n\r\n'),
    ];
  }

  /** The files of the jobs in an answer, as they are stored. */
  async function stored({ body }: RawAnswer): Promise<{ name: string; content: Buffer }[]> {
    isUsed = true;
    const { jobs } = JSON.parse(body.toString()) as { jobs: JobView[] }; // the contract of this answer
    return Promise.all(
      jobs.map(async ({ id, source: { name } }) => {
        const job = (await gateway.jobs.get(id))?.job;
        return { name, content: await buffer(await gateway.files.read(job?.source.fileId ?? '')) };
      }),
    );
  }

  async function expectRefused({ status, headers, body }: RawAnswer): Promise<void> {
    expect([400, 413, 415, 422]).toContain(status);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    const problem = JSON.parse(body.toString()) as ProblemBody; // checked by what follows
    expect(problems[problem.code].status).toBe(status);
    const left = await gateway.leftovers();
    isUsed = left.files.length > 0;
    expect(left).toEqual(nothing);
  }

  forAll(60, {
    claim: 'what the gateway has accepted is stored byte by byte, and nothing else is',
    values: fc.record({
      files: fc.array(
        fc.record({
          file: partName,
          seed: fc.uint8Array({ minLength: 1, maxLength: 40 }),
          times: fc.nat(3000),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      title: fc.option(fc.stringMatching(/^[a-z ]{1,20}[a-z]$/)),
      cuts: cuts(),
      isChunked: fc.boolean(),
    }),
    holds: async ({ files, title, cuts: places, isChunked }) => {
      await fresh();
      const contents = files.map(({ seed, times }) =>
        Buffer.concat(Array.from({ length: times + 1 }, () => seed)),
      );
      const parts = files.map(({ file }, index) => ({
        field: 'file',
        file,
        content: contents[index] ?? Buffer.alloc(0),
      }));
      const titles = title === null ? [] : [{ field: 'title', content: Buffer.from(title) }];
      const sent = { boundary: 'the-boundary-of-this', isQuoted: false, parts: [...titles, ...parts] };
      const answer = await client.exchange(upload(sent, formBytes(sent), places, isChunked));
      expect(answer.status).toBe(202);
      expect(await stored(answer)).toEqual(
        files.map(({ file }, index) => ({ name: safeFileName(file), content: contents[index] })),
      );
      // Each with a file that tells of it.
      expect((await gateway.leftovers()).files).toHaveLength(2 * files.length);
    },
  });

  forAll(190, {
    claim: 'an upload that is damaged on its way is refused and leaves nothing, or is stored as it came',
    values: fc.record({
      form,
      cuts: cuts(3),
      done: damages('\r\n', '--', '\r\n--', '"', '\0'),
      isChunked: fc.boolean(),
    }),
    holds: async ({ form: sent, cuts: places, done, isChunked }) => {
      await fresh();
      const body = damaged(formBytes(sent), done);
      fc.pre(body.length > 0);
      const answer = await client.exchange(upload(sent, body, places, isChunked));
      if (answer.status !== 202) {
        await expectRefused(answer);
        return;
      }
      const files = await stored(answer);
      const contents = contentsIn(body, sent.boundary)?.map((content) => content.toString('latin1'));
      for (const { content } of files) expect(contents).toContain(content.toString('latin1'));
    },
  });

  forAll(50, {
    claim: 'of an upload whose client leaves in the middle nothing stays, and the next one is served',
    values: fc.record({
      form,
      cuts: cuts(3),
      end: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    }),
    holds: async ({ form: sent, cuts: places, end }) => {
      await fresh();
      const whole = Buffer.concat(upload(sent, formBytes(sent), places, false));
      await client.blurt(whole.subarray(0, Math.floor(end * whole.length)));
      let left = await gateway.leftovers();
      for (let looks = 0; looks < 1000 && left.intents + left.files.length > 0; looks += 1)
        left = await gateway.leftovers();
      expect(left).toEqual(nothing);
      expect((await client.exchange([requestBytes('GET /healthz', [])])).status).toBe(200);
    },
  });
});
