import { describe, expect, it } from '@jest/globals';
import { readGatewayConfig } from '../src/config.ts';

describe('TRUST_PROXY', () => {
  it('is nobody unless it is said', () => {
    expect(readGatewayConfig({}).trustProxy).toBeUndefined();
    expect(readGatewayConfig({ TRUST_PROXY: '' }).trustProxy).toBeUndefined();
  });

  it.each([
    ['1', 1],
    ['2', 2],
    ['loopback', ['loopback']],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['10.1.2.3, fd00::/8 uniquelocal', ['10.1.2.3', 'fd00::/8', 'uniquelocal']],
  ])('can be %s', (text, expected) => {
    expect(readGatewayConfig({ TRUST_PROXY: text }).trustProxy).toEqual(expected);
  });

  it.each([
    'true',
    'all',
    '0',
    '-1',
    '11',
    '10.0.0.0/33',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/8/8',
    'proxy.example.org',
    ',',
  ])('cannot be %s', (text) => {
    expect(() => readGatewayConfig({ TRUST_PROXY: text })).toThrow(
      /^TRUST_PROXY must be a number of proxies/,
    );
  });
});
