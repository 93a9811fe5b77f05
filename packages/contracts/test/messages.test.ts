import { describe, expect, it } from '@jest/globals';
import { messageSchemas, newId, parseMessage, queueNames } from '@clipscribe/contracts';

const jobId = newId();

describe('parseMessage', () => {
  it('has a schema for every queue', () => {
    expect(Object.keys(messageSchemas).sort()).toEqual([...queueNames].sort());
  });

  it('reads what was written on each queue', () => {
    const video = {
      v: 1,
      jobId,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    } as const;
    const transcribe = { v: 1, jobId, chunk: 0 } as const;
    const mp3 = { v: 1, jobId, audioFileId: newId(), transcriptFileId: null, outcome: 'ready' } as const;
    expect(parseMessage('video', JSON.stringify(video))).toEqual(video);
    expect(parseMessage('transcribe', JSON.stringify(transcribe))).toEqual(transcribe);
    expect(parseMessage('mp3', JSON.stringify(mp3))).toEqual(mp3);
    const webhook = { v: 1, jobId, delivery: newId() } as const;
    expect(parseMessage('webhook', JSON.stringify(webhook))).toEqual(webhook);
    expect(parseMessage('webhook', JSON.stringify({ v: 1, jobId }))).toEqual({ v: 1, jobId });
  });

  it('drops fields that it does not know, so that a newer sender can add some', () => {
    expect(parseMessage('video', JSON.stringify({ v: 1, jobId, colour: 'red' }))).toEqual({ v: 1, jobId });
  });

  it.each([
    ['no JSON', 'video'],
    ['', 'video'],
    ['null', 'video'],
    [JSON.stringify({ jobId }), 'video'],
    [JSON.stringify({ v: 2, jobId }), 'video'],
    [JSON.stringify({ v: 1, jobId: '42' }), 'video'],
    [JSON.stringify({ v: 1, jobId, traceparent: 'x'.repeat(65) }), 'video'],
    [JSON.stringify({ v: 1, jobId }), 'transcribe'],
    [JSON.stringify({ v: 1, jobId, delivery: '7' }), 'webhook'],
    [JSON.stringify({ v: 1, jobId, chunk: -1 }), 'transcribe'],
    [JSON.stringify({ v: 1, jobId, chunk: 1.5 }), 'transcribe'],
    [JSON.stringify({ v: 1, jobId, audioFileId: null, transcriptFileId: null, outcome: 'lost' }), 'mp3'],
    [JSON.stringify({ v: 1, jobId, audioFileId: '../etc', transcriptFileId: null, outcome: 'ready' }), 'mp3'],
  ] as const)('calls %s on %s poison', (body, queue) => {
    expect(parseMessage(queue, body)).toBeNull();
  });
});
