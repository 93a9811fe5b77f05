import { describe, expect, it } from '@jest/globals';
import { AddressRules } from '../src/index.ts';

const strict = new AddressRules();

describe('addresses that may be called', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '93.184.215.14',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
  ])('%s', (address) => {
    expect(strict.allows(address)).toBe(true);
  });
});

describe('addresses that may not', () => {
  it.each([
    ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
    ['this host', ['0.0.0.0', '0.1.2.3', '::']],
    [
      'private',
      ['10.0.0.1', '10.96.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd00::1', 'fc00::1'],
    ],
    ['link-local', ['169.254.169.254', '169.254.0.1', 'fe80::1', 'fe80::1%eth0']],
    ['site-local', ['fec0::1']],
    ['shared by customers of a provider', ['100.64.0.1', '100.127.255.255']],
    ['multicast and broadcast', ['224.0.0.1', '239.255.255.250', '255.255.255.255', 'ff02::1']],
    ['reserved or for documentation', ['192.0.0.1', '192.0.2.1', '198.51.100.1', '203.0.113.1', '240.0.0.1']],
    ['for benchmarks', ['198.18.0.1', '2001:2::1']],
    ['documentation and unassigned IPv6', ['2001:db8::1', '3fff::1', '4000::1', '100::1', '5f00::1']],
    ['IPv4 mapped into IPv6', ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::ffff:0:10.0.0.1']],
    ['IPv4 in its old IPv6 form', ['::127.0.0.1', '::10.0.0.1']],
    ['NAT64', ['64:ff9b::a00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1']],
    ['6to4 and Teredo', ['2002:7f00:1::', '2002:a00:1::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2']],
    ['no address', ['', 'localhost', '1.2.3', '8.8.8.8/8', '8.8.8.8 ']],
  ])('%s', (_kind, addresses) => {
    expect(addresses.filter((address) => strict.allows(address))).toEqual([]);
  });

  it('unless the operator has named them', () => {
    const rules = new AddressRules(['127.0.0.1', '10.1.0.0/16', 'fd00::/8', '64:ff9b::/96']);
    for (const address of ['127.0.0.1', '10.1.2.3', 'fd12::1', '64:ff9b::a00:1'])
      expect(rules.allows(address)).toBe(true);
    for (const address of ['127.0.0.2', '10.2.0.1', 'fc00::1', '::ffff:127.0.0.1'])
      expect(rules.allows(address)).toBe(false);
  });
});

describe('an address of a webhook', () => {
  const refused = (text: string, rules = strict): boolean => rules.refusal(new URL(text)) !== null;

  it.each([
    'https://example.org/hook',
    'http://example.org',
    'https://example.org:8443/x?y=z',
    'https://8.8.8.8/',
  ])('may be %s', (text) => {
    expect(strict.refusal(new URL(text))).toBeNull();
  });

  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://[::1]:8080/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:8.8.8.8]/',
    'http://10.96.0.1:443/',
    'http://169.254.169.254/latest/meta-data/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://api.localhost/',
    'http://mongodb/',
    'http://mongodb.default.svc/',
    'http://kubernetes.default.svc.cluster.local./',
    'http://metadata.google.internal/',
    'http://printer.local/',
    'http://router.home.arpa/',
    'https://example.org:22/',
    'https://example.org:25/',
    'http://example.org:0/',
    'http://１２７.０.０.１/',
  ])('may not be %s', (text) => {
    expect(refused(text)).toBe(true);
  });

  it('may be any host that the operator has named, on any port', () => {
    const rules = new AddressRules(['Hooks.internal', 'receiver', '127.0.0.0/8']);
    for (const text of ['http://hooks.internal./x', 'http://receiver:81/', 'http://127.3.2.1:82/'])
      expect(refused(text, rules)).toBe(false);
    for (const text of ['http://other.internal/', 'http://sub.hooks.internal/', 'http://10.0.0.1/'])
      expect(refused(text, rules)).toBe(true);
  });

  it.each(['http://x/', 'a b', '10.0.0.0/33', '10.0.0.0/x', '*.internal', '300.1.1.1/8'])(
    'cannot be named by the operator as %s',
    (entry) => {
      expect(() => new AddressRules([entry])).toThrow(RangeError);
    },
  );
});
