import { expect } from '@jest/globals';
import { parseMessage, queueNames, type QueueName } from '@clipscribe/contracts';
import { damaged, damages, describeChapter, oddText } from '@clipscribe/runtime/testing';
import fc from 'fast-check';

const id = fc.uuid({ version: 7 });
const common = { v: fc.constant(1), jobId: id, traceparent: fc.string({ maxLength: 64 }) };
const idOrNull = fc.option(id);
const members: Record<QueueName, Record<string, fc.Arbitrary<unknown>>> = {
  video: common,
  transcribe: { ...common, chunk: fc.maxSafeNat() },
  mp3: {
    ...{ ...common, audioFileId: idOrNull, transcriptFileId: idOrNull },
    outcome: fc.constantFrom('ready', 'failed'),
  },
  webhook: { ...common, delivery: id },
};
const optional: readonly string[] = ['traceparent', 'delivery'];
const queue = fc.constantFrom(...queueNames);

/** A message as the suite itself would send it. */
const message = queue.chain((name) => {
  const requiredKeys = Object.keys(members[name]).filter((key) => !optional.includes(key));
  return fc.record({ name: fc.constant(name), value: fc.record(members[name], { requiredKeys }) });
});

const oddValue = fc.oneof(fc.jsonValue({ maxDepth: 2 }), oddText(), id, fc.integer(), fc.constant(1));

/** What a message is, said once more and by other means than in the product. */
function isMessage(name: QueueName, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const own = new Map<string, unknown>(Object.entries(value));
  const isId = (key: string): boolean => {
    const text = own.get(key);
    return (
      typeof text === 'string' &&
      /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i.test(text)
    );
  };
  const isIdOrNull = (key: string): boolean => own.get(key) === null || isId(key);
  const trace = own.get('traceparent');
  const isTrace = !own.has('traceparent') || (typeof trace === 'string' && trace.length <= 64);
  if (own.get('v') !== 1 || !isId('jobId') || !isTrace) return false;
  const [chunk, outcome] = [own.get('chunk'), own.get('outcome')];
  switch (name) {
    case 'video':
      return true;
    case 'transcribe':
      return Number.isSafeInteger(chunk) && Number(chunk) >= 0;
    case 'mp3':
      return (
        isIdOrNull('audioFileId') &&
        isIdOrNull('transcriptFileId') &&
        ['ready', 'failed'].includes(String(outcome))
      );
    case 'webhook':
      return !own.has('delivery') || isId('delivery');
  }
}

/** The value without what is no member of such a message. */
function known(name: QueueName, value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(members[name], key)));
}

function judge(name: QueueName, text: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    expect(parseMessage(name, text)).toBeNull();
    return;
  }
  const expected = isMessage(name, value) ? known(name, value as object) : null; // isMessage knows that it is one
  expect(parseMessage(name, text)).toEqual(expected);
}

describeChapter(import.meta.dirname, 'messages', (forAll) => {
  forAll(3000, {
    claim: 'a message is read as it was written, without fields that are not known',
    values: fc.record({ message, more: fc.dictionary(oddText(2), oddValue, { maxKeys: 3 }) }),
    holds: ({ message: { name, value }, more }) => {
      expect(parseMessage(name, JSON.stringify({ ...more, ...value }))).toEqual(
        known(name, { ...more, ...value }),
      );
    },
  });

  forAll(4000, {
    claim: 'an object with odd members is a message only if all of them are right',
    values: fc.record({
      message,
      key: fc.constantFrom(
        'v',
        'jobId',
        'traceparent',
        'chunk',
        'audioFileId',
        'transcriptFileId',
        'outcome',
        'delivery',
      ),
      odd: fc.option(oddValue, { nil: undefined }),
      to: queue,
    }),
    holds: ({ message: { value }, key, odd, to }) => {
      judge(to, JSON.stringify({ ...value, [key]: odd }));
    },
  });

  forAll(3000, {
    claim: 'damaged text is no message, or one that is in order by itself',
    values: fc.record({
      message,
      done: damages('"', '{', '}', ',', '\\u', 'null', '__proto__', '\xff', '[[', '1e999'),
    }),
    holds: ({ message: { name, value }, done }) => {
      judge(name, damaged(Buffer.from(JSON.stringify(value)), done).toString('utf8'));
    },
  });
});
