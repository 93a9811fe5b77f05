import type { Message, MessagePropertyHeaders } from 'amqplib';
import { describe, expect, it } from '@jest/globals';
import { deadMessage, jobMessage, readDeadLetter, readMessage } from '../src/amqp-message.ts';

function message(body: string, headers?: MessagePropertyHeaders, messageId?: string): Message {
  const fields = { deliveryTag: 1, redelivered: false, exchange: '', routingKey: 'video' };
  // The driver always sets all properties; these are the ones that are read.
  return { content: Buffer.from(body), fields, properties: { headers, messageId } as Message['properties'] };
}

describe('a message', () => {
  it('carries its deliveries and the rest of its delay over to the next queue', () => {
    const { headers } = jobMessage({ name: 'video.retry.30s', remainingMs: 6000 }, 'body', 3);
    expect(readMessage(message('body', headers))).toEqual({
      body: 'body',
      deliveryCount: 4,
      remainingMs: 6000,
    });
  });

  it('has the trace of its job in a header, for tools that see nothing else', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const body = JSON.stringify({ v: 1, jobId: 'a', traceparent });
    const hop = { name: 'video', remainingMs: 0 };
    expect(jobMessage(hop, body).headers).toMatchObject({ traceparent });
    expect(deadMessage('video.dead', 'video', body, 'poison').headers).toMatchObject({ traceparent });
    for (const without of ['not JSON', '{"traceparent":"00-x"}', '{"traceparent":7}'])
      expect(jobMessage(hop, without).headers).not.toHaveProperty('traceparent');
  });

  it.each([
    [undefined, 1],
    [{}, 1],
    [{ 'x-delivery-count': 2 }, 3],
    [{ 'x-acquired-count': 2 }, 3],
    [{ 'x-delivery-count': 1, 'x-acquired-count': 3 }, 4],
    [{ 'x-delivery-count': 1, 'clipscribe-deliveries': 5 }, 7],
    [{ 'x-delivery-count': 'many', 'clipscribe-deliveries': -5 }, 1],
  ])('with the headers %j is delivery number %d', (headers, deliveryCount) => {
    expect(readMessage(message('body', headers)).deliveryCount).toBe(deliveryCount);
  });
});

describe('a dead letter', () => {
  it('tells what it was made with', () => {
    const { headers } = deadMessage('video.dead', 'video', 'body', 'no such job '.repeat(1000));
    const letter = readDeadLetter(message('body', headers, 'an id'), 'video');
    expect(letter).toMatchObject({ id: 'an id', queue: 'video', body: 'body', deadAt: expect.any(Number) });
    expect(letter.reason).toMatch(/^no such job no such job/);
    expect(letter.reason).toHaveLength(1000);
  });

  it('tells what the broker made it with', () => {
    const death = {
      ...{ count: 1, queue: 'video', exchange: '', 'routing-keys': ['video'] },
      // The types of the driver do not know this one.
      reason: 'delivery_limit' as 'rejected',
      time: { '!': 'timestamp' as const, value: 1_700_000_000 },
    };
    const letter = readDeadLetter(message('body', { 'x-death': [death] }, 'an id'), 'video');
    expect(letter).toMatchObject({ reason: 'delivery limit', deadAt: 1_700_000_000_000 });
  });

  it('has an id also when its publisher gave it none, always the same', () => {
    const [one, same, other] = ['body', 'body', 'another'].map((body) =>
      readDeadLetter(message(body), 'mp3'),
    );
    expect(one).toMatchObject({ id: same?.id, reason: 'unknown', deadAt: 0 });
    expect(one?.id).not.toBe(other?.id);
  });
});
