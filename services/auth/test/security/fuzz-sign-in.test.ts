import { afterAll, beforeAll, expect } from '@jest/globals';
import { emailSchema, newId, problems, type ProblemBody } from '@clipscribe/contracts';
import {
  describeChapter,
  oddText,
  RawClient,
  requestBytes,
  type RawAnswer,
} from '@clipscribe/runtime/testing';
import fc from 'fast-check';
import { parseBasicAuth } from '../../src/basic-auth.ts';
import { canonicalEmail, newEmailSchema } from '../../src/emails.ts';
import type { PasswordHasher } from '../../src/password-hasher.ts';
import { canonicalPassword, passwordWeakness } from '../../src/passwords.ts';
import { goodPassword, openAuth, type AuthUnderTest } from '../harness.ts';

const email = 'ada@example.org';

/** Compares and does not hash: what is tried here is what is in front of it. */
const plainHasher: PasswordHasher = {
  hash: (password) => Promise.resolve(`plain ${Buffer.from(password).toString('hex')}`),
  matches: (password, hash) => Promise.resolve(hash === `plain ${Buffer.from(password).toString('hex')}`),
  isOutdated: () => false,
};

const credentials = fc.record({
  user: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(email, ` ${email}\t`, 'Ada@Example.org', `${email}\n`, `${email}\0`),
    },
    oddText(3),
  ),
  password: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        goodPassword,
        `${goodPassword}\0`,
        ` ${goodPassword}`,
        goodPassword.toUpperCase(),
        '',
      ),
    },
    oddText(6),
  ),
});
type Tried = typeof credentials extends fc.Arbitrary<infer T> ? T : never;

function areRight({ user, password }: Tried): boolean {
  return (
    user.replace(/^[ \t]+|[ \t]+$/g, '').toLowerCase() === email && password.normalize('NFC') === goodPassword
  );
}

const wild = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,40}$/);

describeChapter(import.meta.dirname, 'sign-in', (forAll) => {
  let auth: AuthUnderTest;
  let client: RawClient;
  beforeAll(async () => {
    const limit = { most: 1e9, windowMs: 1000 };
    const limits = { fromNetwork: limit, failures: limit, registrations: limit };
    auth = await openAuth({ hasher: plainHasher, limits });
    const passwordHash = await plainHasher.hash(goodPassword);
    await auth.users.create({ id: newId(), email, passwordHash, role: 'user', createdAt: Date.now() });
    client = new RawClient(Number(new URL(auth.url).port));
  });
  afterAll(async () => {
    client.close();
    await auth.dispose();
  });

  function expectProblem({ status, headers, body }: RawAnswer, allowed: readonly number[]): void {
    expect(allowed).toContain(status);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    const problem = JSON.parse(body.toString()) as ProblemBody; // checked by what follows
    expect(problems[problem.code].status).toBe(status);
  }

  forAll(2000, {
    claim: 'Basic credentials of any text come through',
    values: fc.record({
      user: oddText().map((text) => text.replaceAll(':', '').toWellFormed()),
      password: oddText().map((text) => text.toWellFormed()),
    }),
    holds: ({ user, password }) => {
      const encoded = Buffer.from(`${user}:${password}`).toString('base64');
      expect(parseBasicAuth(`Basic ${encoded}`)).toEqual({ email: user, password });
    },
  });

  forAll(1500, {
    claim: 'what is no Basic header gives nobody, or what its base64 says',
    values: fc.oneof(
      oddText(),
      wild,
      fc.base64String().map((text) => `Basic ${text}`),
      fc.uint8Array().map((bytes) => `basic  ${Buffer.from(bytes).toString('base64')} `),
    ),
    holds: (header) => {
      const found = parseBasicAuth(header);
      if (found === null) return;
      const bytes = Buffer.from(header.trim().replace(/^basic +/i, ''), 'base64');
      expect(Buffer.from(`${found.email}:${found.password}`).equals(bytes)).toBe(true);
      expect(found.email).not.toContain(':');
    },
  });

  forAll(2500, {
    claim: 'a new address has one plain form, and nothing in it that ends a header or makes a list',
    values: fc.oneof(
      oddText(),
      fc.emailAddress(),
      fc.tuple(oddText(2), fc.emailAddress(), oddText(2)).map((parts) => parts.join('')),
      fc.tuple(fc.emailAddress(), oddText(1)).map(([address, odd]) => address.replace('@', `${odd}@`)),
    ),
    holds: (text) => {
      const found = newEmailSchema.safeParse(text);
      if (!found.success) return;
      expect(found.data).toMatch(/^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]+@[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]+$/u);
      expect(found.data.length).toBeLessThanOrEqual(254);
      expect(newEmailSchema.parse(found.data)).toBe(found.data);
      expect(canonicalEmail(found.data)).toBe(found.data);
      expect(emailSchema.parse(found.data)).toBe(found.data);
    },
  });

  forAll(2500, {
    claim: 'a password that is taken has 12 characters to 72 bytes, and not the address in it',
    values: fc.record({
      password: fc.oneof(
        oddText(20),
        fc.string({ minLength: 10, maxLength: 30 }),
        fc.string({ unit: 'grapheme', minLength: 10, maxLength: 30 }),
      ),
      address: fc.emailAddress(),
      inside: fc.boolean(),
    }),
    holds: ({ password, address, inside }) => {
      const tried = inside ? password + address.toUpperCase() : password;
      if (passwordWeakness(tried, address) !== null) return;
      const canonical = canonicalPassword(tried);
      expect(Array.from(canonical).length).toBeGreaterThanOrEqual(12);
      expect(Buffer.byteLength(canonical)).toBeLessThanOrEqual(72);
      expect(inside).toBe(false);
      expect(new Set(canonical.toLowerCase()).size).toBeGreaterThanOrEqual(5);
    },
  });

  forAll(750, {
    claim: 'signing in by Basic works with the right credentials alone',
    values: credentials,
    holds: async (tried) => {
      const encoded = Buffer.from(`${tried.user}:${tried.password}`).toString('base64');
      const answer = await client.exchange([
        requestBytes('POST /login', [['Authorization', `Basic ${encoded}`]]),
      ]);
      // A colon ends the name.
      const [user = '', ...rest] = `${tried.user}:${tried.password}`.toWellFormed().split(':');
      if (areRight({ user, password: rest.join(':') })) expect(answer.status).toBe(200);
      else expectProblem(answer, [401]);
    },
  });

  forAll(750, {
    claim: 'requests about accounts are answered with what is documented, whatever they hold',
    values: fc.record({
      path: fc.constantFrom('/login', '/register', '/password', '/logout', '/validate'),
      authorization: fc.option(
        fc.oneof(
          wild,
          wild.map((text) => `Bearer ${text}`),
          wild.map((text) => `Basic ${text}`),
        ),
      ),
      type: fc.oneof({ weight: 4, arbitrary: fc.constant('application/json') }, wild),
      network: wild,
      body: fc.oneof(
        fc.record({ email: oddText(3), password: oddText(6) }).map((body) => JSON.stringify(body)),
        fc
          .record({ currentPassword: oddText(3), newPassword: oddText(6) })
          .map((body) => JSON.stringify(body)),
        ...[fc.json(), oddText()],
      ),
    }),
    holds: async ({ path, authorization, type, network, body }) => {
      const headers: [string, string][] = [
        ['Content-Type', type],
        ['X-Forwarded-For', network],
      ];
      if (authorization !== null) headers.push(['Authorization', authorization]);
      const answer = await client.exchange([requestBytes(`POST ${path}`, headers, Buffer.from(body))]);
      if (answer.status === 201) {
        expect(path).toBe('/register');
        const { email: address, password } = JSON.parse(body) as { email: string; password: string }; // it was taken
        expect(passwordWeakness(password, address)).toBeNull();
      } else expectProblem(answer, [400, 401, 409, 413, 415]);
    },
  });
});
