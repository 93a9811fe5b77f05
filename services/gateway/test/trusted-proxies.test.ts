import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { readGatewayConfig } from '../src/config.ts';
import { clientAddress, trustFunction, type TrustedProxies } from '../src/trusted-proxies.ts';

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

describe('where a request comes from', () => {
  const addresses = ['127.0.0.1', '::ffff:127.0.0.1', '10.1.2.3', '172.16.0.9', '192.168.1.1', '8.8.8.8'];
  const more = ['fd00::1', 'fe80::1', '::1', '2001:db8::1', '169.254.1.1', '11.0.0.1', 'nonsense'];
  const named = ['', '8.8.8.8', '8.8.8.8, 10.0.0.2', '10.0.0.1,10.0.0.2', ' , 9.9.9.9,', 'unknown, 10.9.9.9'];
  const proxies: (TrustedProxies | undefined)[] = [
    undefined,
    1,
    2,
    ['loopback'],
    ['linklocal', 'uniquelocal'],
    ['10.0.0.0/8', '::1'],
    ['10.1.2.3'],
    ['2001:db8::/32', '127.0.0.1'],
  ];

  it.each(proxies)('is what express says of it, with %j', (trusted) => {
    const app = express();
    app.set('trust proxy', trusted ?? false);
    for (const remoteAddress of [...addresses, ...more]) {
      for (const forwardedFor of named) {
        // All that both of them look at.
        const parts = {
          socket: { value: { remoteAddress } },
          headers: { value: { 'x-forwarded-for': forwardedFor } },
        };
        const req = Object.create(app.request, parts) as express.Request;
        const known = req.ip;
        expect({ remoteAddress, forwardedFor, is: clientAddress(req, trustFunction(trusted)) }).toEqual({
          remoteAddress,
          forwardedFor,
          is: known,
        });
      }
    }
  });
});
