import { describe, expect, it } from '@jest/globals';
import { jobFields, messageFields, parseTraceparent, traceparentOf } from '../src/index.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const valid = `00-${traceId}-${spanId}-01`;

describe('traceparent', () => {
  it.each([
    ['sampled', valid, true],
    ['not sampled', `00-${traceId}-${spanId}-00`, false],
    ['other flags', `00-${traceId}-${spanId}-fe`, false],
    ['a later version', `cc-${traceId}-${spanId}-01`, true],
    ['a later version that says more', `cc-${traceId}-${spanId}-01-more-to-come`, true],
  ])('is read: %s', (_what, text, isSampled) => {
    expect(parseTraceparent(text)).toEqual({ traceId, spanId, isSampled });
  });

  it.each([
    ['nothing', undefined],
    ['empty', ''],
    ['version ff', `ff-${traceId}-${spanId}-01`],
    ['version 00 that says more', `${valid}-more`],
    ['a later version with no hyphen before more', `cc-${traceId}-${spanId}-01.more`],
    ['capital letters', valid.toUpperCase()],
    ['no trace', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['no span', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['a short trace', `00-${traceId.slice(1)}-${spanId}-01`],
    ['no flags', `00-${traceId}-${spanId}`],
    ['odd flags', `00-${traceId}-${spanId}-0g`],
    ['blanks', ` ${valid}`],
    ['two of them', `${valid}, ${valid}`],
    ['a line break', `${valid}\r\nx: y`],
  ])('is refused: %s', (_what, text) => {
    expect(parseTraceparent(text)).toBeNull();
  });
});

describe('the fields of log lines', () => {
  it('name the job, and its trace where there is a valid one', () => {
    expect(jobFields({ id: 'a', traceparent: valid })).toEqual({ jobId: 'a', traceId });
    expect(jobFields({ id: 'a' })).toEqual({ jobId: 'a' });
    expect(jobFields({ id: 'a', traceparent: 'nonsense' })).toEqual({ jobId: 'a' });
  });

  it('are found in a message', () => {
    expect(messageFields(JSON.stringify({ jobId: 'a', traceparent: valid }))).toEqual({
      jobId: 'a',
      traceId,
    });
    expect(traceparentOf(JSON.stringify({ traceparent: valid }))).toBe(valid);
  });

  it.each(['', 'null', '7', '[]', '{"jobId":7}', `{"jobId":"${'x'.repeat(65)}"}`])(
    'are not found in %j',
    (body) => {
      expect(messageFields(body)).toEqual({});
      expect(traceparentOf(body)).toBeUndefined();
    },
  );
});
