import { createHash } from 'node:crypto';
import type { Message, MessagePropertyHeaders } from 'amqplib';
import { traceparentOf, type QueueName } from '@clipscribe/contracts';
import type { DeadLetter } from './job-queue.ts';
import type { Hop } from './amqp-topology.ts';

/** A message on its way to the broker. */
export interface OutgoingMessage {
  /** The broker's name of the queue. */
  to: string;
  body: string;
  headers: Readonly<Record<string, string | number>>;
}

/** A message as the broker delivered it. */
export interface IncomingMessage {
  body: string;
  /** This one included; kept over retries, which are new messages to the broker. */
  deliveryCount: number;
  /** More than 0: the message has rested in one retry queue and has to rest so much longer in others. */
  remainingMs: number;
}

const header = {
  /** Deliveries that a message had before it was published as this one. */
  deliveries: 'clipscribe-deliveries',
  remainingMs: 'clipscribe-remaining-ms',
  reason: 'clipscribe-reason',
  queue: 'clipscribe-queue',
  deadAt: 'clipscribe-dead-at',
  /** As on https://w3c.github.io/trace-context-amqp/, for tools; our own consumers have it in the body. */
  traceparent: 'traceparent',
} as const;

/** The headers of a message have to fit into one frame. */
const REASON_LENGTH = 1000;

export function jobMessage({ name, remainingMs }: Hop, body: string, deliveries = 0): OutgoingMessage {
  return {
    to: name,
    body,
    headers: { [header.deliveries]: deliveries, [header.remainingMs]: remainingMs, ...traceHeader(body) },
  };
}

export function deadMessage(to: string, queue: QueueName, body: string, reason: string): OutgoingMessage {
  const headers = {
    [header.reason]: reason.slice(0, REASON_LENGTH),
    [header.queue]: queue,
    [header.deadAt]: Date.now(),
    ...traceHeader(body),
  };
  return { to, body, headers };
}

function traceHeader(body: string): Record<string, string> {
  const traceparent = traceparentOf(body);
  return traceparent === undefined ? {} : { [header.traceparent]: traceparent };
}

export function readMessage({ content, properties: { headers = {} } }: Message): IncomingMessage {
  // How often it came before and there was no answer. From RabbitMQ 4.3 the second says so; the first counts less there.
  const unanswered = Math.max(count(headers, 'x-delivery-count'), count(headers, 'x-acquired-count'));
  const before = count(headers, header.deliveries) + unanswered;
  return {
    body: content.toString('utf8'),
    deliveryCount: before + 1,
    remainingMs: count(headers, header.remainingMs),
  };
}

/** A message in the queue of dead letters: put there by us, or by the broker itself for too many deliveries. */
export function readDeadLetter(message: Message, queue: QueueName): DeadLetter {
  const { headers = {} } = message.properties;
  const death = deathOf(headers);
  const reason = text(headers[header.reason]) ?? death.reason ?? 'unknown';
  const deadAt = time(count(headers, header.deadAt)) || time(death.at);
  return { id: idOf(message), queue, body: message.content.toString('utf8'), reason, deadAt };
}

/** The id of a message, also of one that was published by somebody else without any. */
export function idOf({ content, properties }: Message): string {
  return text(properties.messageId) ?? createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/**
 * Why and when (ms since the epoch) the broker moved the message here: `delivery_limit` and the like, as on
 * https://www.rabbitmq.com/docs/dlx#effects. Whoever may publish may have written something else there.
 */
function deathOf(headers: MessagePropertyHeaders): { reason: string | null; at: number } {
  const deaths: unknown = headers['x-death'];
  const [death] = Array.isArray(deaths) ? (deaths as unknown[]) : [];
  const { reason, time } = membersOf(death);
  return {
    reason: text(reason)?.replaceAll('_', ' ') ?? null,
    at: positive(membersOf(time)['value']) * 1000,
  };
}

function membersOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function count(headers: MessagePropertyHeaders, name: string): number {
  return positive(headers[name]);
}

/** 0 for what is no number, and for those so large that counting on from them leads nowhere. */
function positive(value: unknown): number {
  return typeof value === 'number' && value > 0 && value <= Number.MAX_SAFE_INTEGER ? value : 0;
}

/** 0 for what is no time that a Date can have (ECMA-262, 21.4.1.1). */
function time(ms: number): number {
  return ms <= 8.64e15 ? ms : 0;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
