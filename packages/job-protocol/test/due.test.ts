import { describe, expect, it } from '@jest/globals';
import { newId, terminalStates, type Job, type NoticeKind } from '@clipscribe/contracts';
import { sampleJob } from '@clipscribe/job-store/testing';
import { dueAt, PUBLISH_GRACE_MS, REQUEUE_MS, TOMBSTONE_MS } from '../src/index.ts';

describe('dueAt', () => {
  const now = 1_800_000_000_000;
  const lease = { token: 't', expiresAt: now + 40_000 };
  const outbox = [{ id: newId(), queue: 'video' as const, body: '{}', delayMs: 0 }];
  const chunk = (values: object): Job['chunks'][number] => ({
    ...{ index: 0, startSeconds: 0, endSeconds: 1, fileId: newId(), state: 'pending', attempts: 0 },
    ...values,
  });
  const pending = { kind: 'ready' as NoticeKind, state: 'pending' as const, messageId: '<a@b>', attempts: 0 };
  const sent = { ...pending, state: 'sent' as const };
  const requeue = now + REQUEUE_MS;

  const table: [string, Partial<Job>, number | null][] = [
    ['queued, message not published', { state: 'queued', outbox }, now + PUBLISH_GRACE_MS],
    ['queued, message published', { state: 'queued' }, requeue],
    ['queued for a later attempt', { state: 'queued', retryAt: now + 9000 }, requeue + 9000],
    ['queued for an attempt that is overdue', { state: 'queued', retryAt: now - 9000 }, requeue],
    ['converting', { state: 'converting', lease }, lease.expiresAt],
    ['converting, lease run out', { state: 'converting', lease: { ...lease, expiresAt: now - 1 } }, now - 1],
    ['converting without a lease', { state: 'converting' }, requeue],
    ['transcribing, nobody at it', { state: 'transcribing', chunks: [chunk({})] }, requeue],
    [
      'transcribing, not published',
      { state: 'transcribing', outbox, chunks: [chunk({})] },
      now + PUBLISH_GRACE_MS,
    ],
    [
      'transcribing, one held',
      { state: 'transcribing', chunks: [chunk({ lease }), chunk({})] },
      lease.expiresAt,
    ],
    [
      'transcribing, the rest later',
      { state: 'transcribing', chunks: [chunk({ state: 'done' }), chunk({ retryAt: now + 5 })] },
      requeue + 5,
    ],
    [
      'transcribing, last one assembling',
      { state: 'transcribing', chunks: [chunk({ lease, resultFileId: 'r' })] },
      lease.expiresAt,
    ],
    ...terminalStates.flatMap((state): [string, Partial<Job>, number | null][] => [
      [`${state}, mail to send`, { state, notice: pending }, requeue],
      [`${state}, mail later`, { state, notice: pending, retryAt: now + 7 }, requeue + 7],
      [`${state}, mail being sent`, { state, notice: pending, lease }, lease.expiresAt],
      [`${state}, mail not asked for yet`, { state, notice: pending, outbox }, now + PUBLISH_GRACE_MS],
      [`${state}, mail sent`, { state, notice: sent }, null],
      [`${state}, no mail`, { state }, null],
    ]),
    ['deleting', { state: 'deleting' }, now],
    ['deleting, a mail pending', { state: 'deleting', notice: pending }, now],
    ['deleted', { state: 'deleted' }, now + TOMBSTONE_MS],
  ];

  it.each(table)('%s', (_name, values, date) => {
    expect(dueAt(sampleJob(values), now)).toBe(date);
  });
});
