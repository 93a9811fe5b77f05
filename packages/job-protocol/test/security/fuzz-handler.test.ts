import { afterAll, beforeAll, expect } from '@jest/globals';
import { newId, parseMessage, queueNames } from '@clipscribe/contracts';
import { damaged, damages, describeChapter, oddText } from '@clipscribe/runtime/testing';
import fc from 'fast-check';
import { Worker } from '../../src/index.ts';
import { Bench } from '../bench.ts';

const queue = fc.constantFrom(...queueNames);
const unwanted = (): never => {
  throw new Error('nothing of this is work');
};

describeChapter(import.meta.dirname, 'handler', (forAll) => {
  let bench: Bench;
  let worker: Worker;
  beforeAll(async () => {
    bench = await Bench.open();
    worker = new Worker(bench.ports);
  });
  afterAll(() => bench.close());

  async function outcomes(name: (typeof queueNames)[number], body: string) {
    const delivery = { queue: name, body, deliveryCount: 1 };
    const named = await worker.handler(name, unwanted)(delivery);
    if (name !== 'video' && name !== 'transcribe') return [named];
    return [named, await worker.handlerInTurn(name, unwanted)(delivery)];
  }

  forAll(8000, {
    claim: 'a message that cannot be read is a dead letter with a reason',
    values: fc.record({
      name: queue,
      body: fc.oneof(
        oddText(),
        fc.json(),
        fc
          .tuple(fc.uuid({ version: 7 }), damages('"', '{', '\\', '0', 'null', '\xff'))
          .map(([jobId, done]) =>
            damaged(Buffer.from(JSON.stringify({ v: 1, jobId, chunk: 0 })), done).toString('utf8'),
          ),
      ),
    }),
    holds: async ({ name, body }) => {
      fc.pre(parseMessage(name, body) === null);
      for (const outcome of await outcomes(name, body))
        expect(outcome).toEqual({ kind: 'dead-letter', reason: 'the message cannot be read' });
    },
  });

  forAll(2000, {
    claim: 'a message about no job is a dead letter that names it',
    values: fc.record({ name: queue, jobId: fc.uuid({ version: 7 }) }),
    holds: async ({ name, jobId }) => {
      const all = {
        v: 1,
        jobId,
        chunk: 0,
        audioFileId: null,
        transcriptFileId: null,
        outcome: 'failed',
        delivery: newId(),
      };
      for (const outcome of await outcomes(name, JSON.stringify(all)))
        expect(outcome).toEqual({ kind: 'dead-letter', reason: `there is no job ${jobId}` });
    },
  });
});
