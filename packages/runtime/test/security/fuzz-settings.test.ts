import { expect } from '@jest/globals';
import {
  ConfigError,
  clientNetwork,
  parseRetryAfter,
  readConfig,
  variable,
  type Env,
} from '@clipscribe/runtime';
import { describeChapter, oddText } from '@clipscribe/runtime/testing';
import fc from 'fast-check';
import { z } from 'zod';

/** The value, or the message of the error; which must be one line that begins with the name of the variable. */
function read(schema: z.ZodType, text: string, env: Env = { X: text }): { value: unknown } | string {
  try {
    return { value: readConfig(env, { X: schema }).X };
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as ConfigError; // as was just seen
    expect(message).toMatch(/^X(_FILE)? [^\n\r]+$/);
    return message;
  }
}

const unitsOfTime: Record<string, number> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const unitsOfSize = ['B', 'kB', 'MB', 'GB', 'TB', 'KiB', 'MiB', 'GiB', 'TiB'];
const factorOf = (unit: string): number =>
  (unit.includes('i') ? 1024 : 1000) ** Math.max(0, 'BKMGT'.indexOf(unit.charAt(0).toUpperCase()));

const blank = fc.constantFrom('', ' ', '\t', '  ');
const sign = fc.constantFrom('', '', '', '-', '+', '0x', '1e', '.', '٣', '1_', '1,');

/** Something that is nearly a number with a unit. */
function nearly(units: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    oddText(4),
    fc
      .tuple(
        blank,
        sign,
        fc.oneof(fc.maxSafeNat(), fc.nat(5000), fc.double({ noNaN: true })),
        blank,
        fc.constantFrom(...units, '', 'x', 'ms', 'mb', 'b'),
        blank,
      )
      .map((parts) => parts.map(String).join('')),
  );
}

const address4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const group = fc.oneof(fc.nat(0xffff), fc.constant(0));
const address6 = fc.array(group, { minLength: 8, maxLength: 8 });

/** One of the ways to write the same IPv6 address: leading zeros, capitals, `::` in one run of zeros, or none. */
function spelled(
  groups: readonly number[],
  { pad, upper, shorten }: { pad: boolean; upper: boolean; shorten: boolean },
): string {
  const texts = groups.map((value) => value.toString(16).padStart(pad ? 4 : 1, '0'));
  const first = groups.indexOf(0);
  let text = texts.join(':');
  if (shorten && first >= 0) {
    let end = first;
    while (groups[end] === 0) end += 1;
    text = `${texts.slice(0, first).join(':')}::${texts.slice(end).join(':')}`;
  }
  return upper ? text.toUpperCase() : text;
}
const spelling = fc.record({ pad: fc.boolean(), upper: fc.boolean(), shorten: fc.boolean() });

describeChapter(import.meta.dirname, 'settings', (forAll) => {
  forAll(1000, {
    claim: 'a time is its number and its unit',
    values: fc.record({
      count: fc.integer({ min: 1, max: 10_000 }),
      unit: fc.constantFrom(...Object.keys(unitsOfTime)),
      blanks: fc.tuple(blank, blank, blank),
    }),
    holds: ({ count, unit, blanks: [before, between, after] }) => {
      const ms = count * (unitsOfTime[unit] ?? 0);
      expect(read(variable.duration(), `${before}${count}${between}${unit}${after}`)).toEqual({ value: ms });
    },
  });

  forAll(1500, {
    claim: 'what is nearly a time is refused, or a whole number of ms from 1 second to 300 years',
    values: nearly(Object.keys(unitsOfTime)),
    holds: (text) => {
      const found = read(variable.duration(), text);
      if (typeof found === 'string' || found.value === null) return;
      expect(text.trim()).toMatch(/^[0-9]+\s*[smhdw]$/);
      expect(Number.isSafeInteger(found.value)).toBe(true);
      expect(found.value).toBeGreaterThanOrEqual(1000);
      expect(found.value).toBeLessThanOrEqual(1e13);
    },
  });

  forAll(1000, {
    claim: 'a size is its number and its unit',
    values: fc.record({
      count: fc.integer({ min: 1, max: 4000 }),
      unit: fc.constantFrom(...unitsOfSize),
      blank,
    }),
    holds: ({ count, unit, blank: between }) => {
      const value = count * factorOf(unit);
      expect(read(variable.bytes(1), `${count}${between}${unit}`)).toEqual({ value });
      expect(read(variable.byteLimit(), `${count}${between}${unit}`)).toEqual({ value });
    },
  });

  forAll(1500, {
    claim: 'what is nearly a size is refused, or a whole number of bytes from 1',
    values: nearly(unitsOfSize),
    holds: (text) => {
      for (const schema of [variable.bytes(1), variable.byteLimit()]) {
        const found = read(schema, text);
        if (typeof found === 'string' || found.value === null || text === '') continue;
        expect(text.trim()).toMatch(/^[0-9]+(\.[0-9]+)?\s*([kKMGT]i?)?B?$/);
        expect(Number.isSafeInteger(found.value) && Number(found.value) >= 1).toBe(true);
      }
    },
  });

  forAll(1500, {
    claim: 'numbers are whole and within their limits, ports are ports, flags are flags',
    // What is empty counts as unset.
    values: nearly(['e3']).filter((text) => text !== ''),
    holds: (text) => {
      const whole = read(variable.integer(5, 1, 1000), text);
      if (typeof whole !== 'string') expect(whole.value).toBe(Number(text));
      const port = read(variable.port(80), text);
      if (typeof port !== 'string')
        expect(Number.isInteger(port.value) && Number(port.value) >= 0 && Number(port.value) <= 65_535).toBe(
          true,
        );
      const limit = read(variable.limit('jobs'), text);
      if (typeof limit !== 'string' && limit.value !== null) expect(limit.value).toBe(Number(text));
      const flag = read(variable.flag(false), text);
      if (typeof flag !== 'string') expect(typeof flag.value).toBe('boolean');
      if (text.trim() === '')
        expect([whole, port].map((found) => typeof found)).toEqual(['string', 'string']);
    },
  });

  forAll(500, {
    claim: 'whatever file is named, the message is one line',
    values: oddText(),
    holds: (path) => {
      const found = read(z.string(), '', { X_FILE: `/nowhere/${path}` });
      expect(typeof found).toBe('string');
    },
  });

  forAll(1000, {
    claim: 'Retry-After is a time from now that is not before it, or nothing',
    values: fc.oneof(
      oddText(3),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    ),
    holds: (text) => {
      const ms = parseRetryAfter(text, 1_800_000_000_000);
      if (ms !== undefined) expect(Number.isFinite(ms) && ms >= 0).toBe(true);
    },
  });

  forAll(500, {
    claim: 'an IPv4 address is its own network, however it is written into IPv6',
    values: fc.record({ address: address4, spelling }),
    holds: ({ address, spelling: how }) => {
      const [a, b, c, d] = address;
      const plain = address.join('.');
      const mapped = spelled([0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d], how);
      for (const text of [plain, `::ffff:${plain}`, `::FFFF:${plain}`, mapped])
        expect(clientNetwork(text)).toBe(plain);
    },
  });

  forAll(1000, {
    claim: 'IPv6 addresses are told apart by their first half, however they are written',
    values: fc.record({ one: address6, other: address6, spelling, otherSpelling: spelling }),
    holds: ({ one, other, spelling: how, otherSpelling }) => {
      const isMapped = one.slice(0, 6).join() === '0,0,0,0,0,65535';
      fc.pre(!isMapped);
      const network = clientNetwork(spelled(one, how));
      expect(network).not.toBeNull();
      const neighbour = [...one.slice(0, 4), 1, ...other.slice(5)];
      expect(clientNetwork(spelled(neighbour, otherSpelling))).toBe(network);
      expect(clientNetwork(`${spelled(one, how)}%eth0`)).toBe(network);
      const isOther = one.slice(0, 4).join() !== other.slice(0, 4).join();
      if (isOther) expect(clientNetwork(spelled(other, otherSpelling))).not.toBe(network);
    },
  });

  forAll(500, {
    claim: 'what is no address has no network',
    values: fc.oneof(
      oddText(),
      fc.tuple(fc.ipV4(), oddText(2)).map((parts) => parts.join('')),
      fc.tuple(oddText(2), fc.ipV6()).map((parts) => parts.join('')),
    ),
    holds: (text) => {
      const network = clientNetwork(text);
      if (network !== null) expect(network).toMatch(/^\d+\.\d+\.\d+\.\d+$|^[\da-f:]+::\/64$/);
    },
  });
});
