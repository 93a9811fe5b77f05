import { BlockList, isIPv4 } from 'node:net';
import { expect } from '@jest/globals';
import { webhookUrlSchema } from '@clipscribe/contracts';
import { describeChapter, oddText } from '@clipscribe/runtime/testing';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { AddressRules, signedHeaders } from '../../src/index.ts';

const rules = new AddressRules();

type Block = readonly [network: string, bits: number];

/** What no webhook may reach: the special-purpose registries of IANA (RFC 6890), typed in by hand. */
const closed4: readonly Block[] = [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
  ] as const),
  ...([
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
];
const closed6: readonly Block[] = [
  ...([
    ['::', 96],
    ['::ffff:0:0', 96],
    ['64:ff9b::', 96],
    ['64:ff9b:1::', 48],
    ['100::', 64],
  ] as const),
  ...([
    ['2001::', 32],
    ['2001:2::', 48],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['3fff::', 20],
    ['5f00::', 16],
  ] as const),
  ...([
    ['fc00::', 7],
    ['fe80::', 10],
    ['fec0::', 10],
    ['ff00::', 8],
  ] as const),
];
// Two lists: in one, IPv4 addresses would also be looked for as mapped ones among those of IPv6.
const [blocked4, blocked6] = [new BlockList(), new BlockList()];
for (const [network, bits] of closed4) blocked4.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of closed6) blocked6.addSubnet(network, bits, 'ipv6');

function isClosed(address: string): boolean {
  return isIPv4(address) ? blocked4.check(address, 'ipv4') : blocked6.check(address, 'ipv6');
}

function bytesOf([network]: Block): number[] {
  return network.split('.').map(Number);
}

/** An address in one of the blocks: its first bits, and any others. */
const private4 = fc
  .record({ block: fc.constantFrom(...closed4), rest: fc.nat(0xffffffff) })
  .map(({ block, rest }) => {
    const first = bytesOf(block).reduce((sum, byte) => sum * 256 + byte, 0);
    return first + (rest % 2 ** (32 - block[1]));
  });
const any4 = fc.oneof(private4, fc.nat(0xffffffff));

function dotted(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
}

function number(value: number, base: string): string {
  if (base === 'hex') return `0x${value.toString(16)}`;
  if (base === 'HEX') return `0X${value.toString(16).toUpperCase()}`;
  return base === 'octal' ? `0${value.toString(8)}` : String(value);
}
const base = fc.constantFrom('decimal', 'hex', 'HEX', 'octal');

/** The ways in which a URL may write an IPv4 address (https://url.spec.whatwg.org/#concept-ipv4-parser). */
function spelled(address: number, bases: readonly string[], parts: number, style: number): string {
  const bytes = dotted(address).split('.').map(Number);
  const heads = bytes.slice(0, parts - 1);
  const last = bytes.slice(parts - 1).reduce((sum, byte) => sum * 256 + byte, 0);
  const text = [...heads, last].map((value, index) => number(value, bases[index] ?? 'decimal')).join('.');
  if (style === 1) return `${text}.`;
  if (style === 2) return Array.from(text, (c) => `%${c.charCodeAt(0).toString(16)}`).join('');
  // Full-width digits and the ideographic full stop, which IDNA maps to the usual ones.
  if (style === 3)
    return text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))).replaceAll('.', '。');
  return text;
}

/** IPv6 addresses that carry this IPv4 address, or are it. */
function carriers(address: number): string[] {
  const [high, low] = [Math.floor(address / 65_536), address % 65_536].map((half) => half.toString(16)) as [
    string,
    string,
  ]; // two in, two out
  const plain = dotted(address);
  return [
    ...[
      `::ffff:${plain}`,
      `::ffff:${high}:${low}`,
      `0:0:0:0:0:ffff:${high}:${low}`,
      `::${plain}`,
      `::ffff:0:${plain}`,
    ],
    ...[
      `64:ff9b::${plain}`,
      `64:ff9b:1::${high}:${low}`,
      `2002:${high}:${low}::1`,
      `2001:0:${high}:${low}::1`,
    ],
  ];
}

const spelling = fc.record({
  bases: fc.array(base, { minLength: 4, maxLength: 4 }),
  parts: fc.integer({ min: 1, max: 4 }),
  style: fc.nat(3),
});

function refusalOf(text: string): string | null {
  const parsed = webhookUrlSchema.safeParse(text);
  return parsed.success ? rules.refusal(new URL(parsed.data)) : 'no address';
}

describeChapter(import.meta.dirname, 'addresses', (forAll) => {
  forAll(3000, {
    claim: 'a private IPv4 address is refused in every spelling that a URL allows',
    values: fc.record({
      address: private4,
      spelling,
      scheme: fc.constantFrom('http', 'https', 'HTTP'),
      port: fc.constantFrom('', ':8080', ':443'),
    }),
    holds: ({ address, spelling: { bases, parts, style }, scheme, port }) => {
      const url = `${scheme}://${spelled(address, bases, parts, style)}${port}/hook`;
      // The spelling is one of this very address, or the case would say nothing.
      expect(new URL(url).hostname).toBe(dotted(address));
      expect(refusalOf(url)).not.toBeNull();
    },
  });

  forAll(1500, {
    claim: 'an IPv6 address that carries an IPv4 address is refused, whichever it is',
    values: any4,
    holds: (address) => {
      for (const text of carriers(address)) {
        expect(rules.allows(text)).toBe(false);
        expect(refusalOf(`http://[${text}]/`)).not.toBeNull();
        expect(refusalOf(`http://[${text.toUpperCase()}]:8080/`)).not.toBeNull();
      }
    },
  });

  forAll(2000, {
    claim:
      'an address is allowed only outside of all that the registries have set apart, by lookup as by URL',
    values: fc.oneof(any4.map(dotted), fc.ipV6()),
    holds: (address) => {
      const isAllowed = rules.allows(address);
      if (isClosed(address)) expect(isAllowed).toBe(false);
      if (isIPv4(address)) expect(isAllowed).toBe(!isClosed(address));
      const host = isIPv4(address) ? address : `[${address}]`;
      expect(refusalOf(`https://${host}/`) === null).toBe(isAllowed);
    },
  });

  forAll(1000, {
    claim: 'names that only a private network knows are refused, in any letters',
    values: fc.record({
      label: fc
        .stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/)
        .filter((label) => !label.startsWith('xn-') && label.slice(2, 4) !== '--'),
      ending: fc.constantFrom(
        'localhost',
        'local',
        'internal',
        'svc',
        'svc.cluster.local',
        'home.arpa',
        '1.168.192.in-addr.arpa',
        '',
      ),
      upper: fc.boolean(),
      dot: fc.boolean(),
    }),
    holds: ({ label, ending, upper, dot }) => {
      const name = [label, ending].filter((part) => part !== '').join('.') + (dot ? '.' : '');
      expect(refusalOf(`http://${upper ? name.toUpperCase() : name}/`)).not.toBeNull();
    },
  });

  forAll(1500, {
    claim:
      'any text is refused, or an http address without user, password and fragment that comes out the same again',
    values: fc.oneof(
      oddText(),
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      oddText(4).map((text) => `http://${text}`),
      oddText(4).map((text) => `https://a.example${text}`),
    ),
    holds: (text) => {
      const parsed = webhookUrlSchema.safeParse(text);
      if (!parsed.success) return;
      const url = new URL(parsed.data);
      expect(['http:', 'https:']).toContain(url.protocol);
      expect([url.username, url.password, url.hash]).toEqual(['', '', '']);
      expect(webhookUrlSchema.parse(parsed.data)).toBe(parsed.data);
      const refusal = rules.refusal(url);
      if (refusal === null)
        expect(url.port === '' || Number(url.port) >= 1024 || ['80', '443'].includes(url.port)).toBe(true);
    },
  });

  const NOW_SECONDS = (): number => Math.floor(Date.now() / 1000);
  forAll(1000, {
    claim: 'what is signed is taken by the library of the standard, and nothing else is',
    values: fc.record({
      id: fc.stringMatching(/^[\w-]{1,40}$/),
      body: fc.jsonValue().map((value) => JSON.stringify({ value })),
      keys: fc.array(fc.uint8Array({ minLength: 24, maxLength: 64 }), { minLength: 1, maxLength: 3 }),
      other: oddText(3),
    }),
    holds: ({ id, body, keys, other }) => {
      const secrets = keys.map((key) => ({ value: `whsec_${Buffer.from(key).toString('base64')}` }));
      const headers = signedHeaders({ id, timestamp: NOW_SECONDS(), body }, secrets);
      for (const { value } of secrets) {
        expect(new Webhook(value).verify(body, headers)).toEqual(JSON.parse(body));
        expect(() => new Webhook(value).verify(body + ' ', headers)).toThrow();
        if (other !== '')
          expect(() => new Webhook(value).verify(body, { ...headers, 'webhook-id': id + other })).toThrow();
      }
    },
  });
});
