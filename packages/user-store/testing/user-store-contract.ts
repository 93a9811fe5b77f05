import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { UnavailableError } from '@clipscribe/runtime';
import type { UserStore } from '../src/user-store.ts';
import { describeAttempts } from './attempts-contract.ts';
import { sampleUser } from './sample-user.ts';

export interface UserStoreHarness {
  /** An empty store. */
  open: () => Promise<UserStore>;
  /** A further connection to what `open` made last, as another process would have it. */
  reopen?: () => Promise<UserStore>;
  /** Frees what `open` made; called after the stores were closed. */
  dispose: () => Promise<void>;
}

/** What every user store must do; each adapter runs it. */
export function describeUserStore(name: string, harness: UserStoreHarness): void {
  describe(`user store contract: ${name}`, () => {
    const context: Context = { store: unopened, others: [] };

    beforeEach(async () => {
      const store = await harness.open();
      context.store = () => store;
      context.others = [];
    });
    afterEach(async () => {
      for (const store of [context.store(), ...context.others]) await store.close();
      await harness.dispose();
    });

    describeAccounts(context);
    describeListing(context);
    describeChanges(context);
    describeRevocations(context);
    describeAttempts(() => context.store());
    describeConnection(context);
    if (harness.reopen !== undefined) describeSeveralConnections(context, harness.reopen);
  });
}

interface Context {
  store: () => UserStore;
  /** Further stores of a test, closed after it. */
  others: UserStore[];
}

function unopened(): never {
  throw new Error('the store is opened before each test');
}

function describeAccounts(context: Context): void {
  describe('accounts', () => {
    it('are found by address and by id as they were made', async () => {
      const user = sampleUser({ role: 'admin' });
      expect(await context.store().create(user)).toBe(true);
      const expected = { ...user, disabled: false, tokensValidFrom: 0 };
      expect(await context.store().findByEmail(user.email)).toEqual(expected);
      expect(await context.store().findById(user.id)).toEqual(expected);
    });

    it('that do not exist are null', async () => {
      await context.store().create(sampleUser());
      expect(await context.store().findByEmail('nobody@example.org')).toBeNull();
      expect(await context.store().findById(newId())).toBeNull();
    });

    it('have an address of their own', async () => {
      const first = sampleUser();
      expect(await context.store().create(first)).toBe(true);
      expect(await context.store().create(sampleUser({ email: first.email }))).toBe(false);
      expect(await context.store().findByEmail(first.email)).toMatchObject({ id: first.id });
      expect(await context.store().list({ limit: 10 })).toHaveLength(1);
    });

    it('have one address whatever its case', async () => {
      const user = sampleUser({ email: 'Ada.Lovelace@Example.org' });
      expect(await context.store().create(user)).toBe(true);
      expect(await context.store().findById(user.id)).toMatchObject({ email: 'ada.lovelace@example.org' });
      expect(await context.store().findByEmail('ADA.lovelace@example.ORG')).toMatchObject({ id: user.id });
      expect(await context.store().create(sampleUser({ email: 'ada.lovelace@EXAMPLE.org' }))).toBe(false);
    });

    it('tell letters with and without accents apart', async () => {
      expect(await context.store().create(sampleUser({ email: 'jose@example.org' }))).toBe(true);
      expect(await context.store().findByEmail('josé@example.org')).toBeNull();
      expect(await context.store().create(sampleUser({ email: 'josé@example.org' }))).toBe(true);
    });

    it('take quotes and wildcards in an address as plain text', async () => {
      await context.store().create(sampleUser({ email: "o'brien@example.org" }));
      expect(await context.store().findByEmail("o'brien@example.org")).not.toBeNull();
      expect(await context.store().findByEmail("' OR '1'='1")).toBeNull();
      expect(await context.store().findByEmail('%')).toBeNull();
    });

    it('are made once when many ask for one address at the same time', async () => {
      const users = Array.from({ length: 10 }, () => sampleUser({ email: 'race@example.org' }));
      const made = await Promise.all(users.map((user) => context.store().create(user)));
      expect(made.filter(Boolean)).toHaveLength(1);
      const winner = users[made.indexOf(true)];
      expect(await context.store().findByEmail('race@example.org')).toMatchObject({ id: winner?.id });
    });
  });
}

function describeListing(context: Context): void {
  it('lists accounts page by page in the order of their making', async () => {
    const users = Array.from({ length: 5 }, () => sampleUser());
    for (const user of users.toReversed()) await context.store().create(user);
    const ids = users.map(({ id }) => id);

    const first = await context.store().list({ limit: 2 });
    expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = await context.store().list({ after: first[1]?.id ?? '', limit: 10 });
    expect(rest.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(await context.store().list({ after: ids.at(-1) ?? '', limit: 10 })).toEqual([]);
  });

  it('lists those with a text in their address, which is taken as it stands', async () => {
    const emails = ['ada_l@example.org', 'adam%x@example.org', 'bob@ada.example', 'adaxl@example.org'];
    const users = emails.map((email) => sampleUser({ email }));
    for (const user of users) await context.store().create(user);
    const found = async (search: string, after?: string): Promise<string[]> => {
      const page = { limit: 3, search, ...(after === undefined ? {} : { after }) };
      return (await context.store().list(page)).map(({ email }) => email);
    };
    expect(await found('ada')).toEqual(emails.slice(0, 3));
    expect(await found('ada', users[2]?.id)).toEqual(emails.slice(3));
    expect(await found('a_l')).toEqual(emails.slice(0, 1));
    expect(await found('m%x')).toEqual(emails.slice(1, 2));
    expect(await found('%')).toEqual(emails.slice(1, 2));
    expect(await found("' OR 1=1 --")).toEqual([]);
  });

  it('lists nothing when there is no account', async () => {
    expect(await context.store().list({ limit: 10 })).toEqual([]);
  });

  it('knows whether a role is held', async () => {
    expect(await context.store().hasRole('admin')).toBe(false);
    await context.store().create(sampleUser());
    expect(await context.store().hasRole('user')).toBe(true);
    expect(await context.store().hasRole('admin')).toBe(false);
    await context.store().create(sampleUser({ role: 'admin' }));
    expect(await context.store().hasRole('admin')).toBe(true);
  });
}

function describeChanges(context: Context): void {
  it('sets the password of one account, and from when its tokens are valid', async () => {
    const [user, other] = [sampleUser(), sampleUser()];
    await context.store().create(user);
    await context.store().create(other);
    const passwordHash = `$2b$10$${'y'.repeat(53)}`;
    expect(await context.store().setPassword(user.id, passwordHash, 1_800_000_000_456)).toBe(true);
    expect(await context.store().findById(user.id)).toMatchObject({
      passwordHash,
      tokensValidFrom: 1_800_000_000_456,
    });
    expect(await context.store().findById(other.id)).toMatchObject({ ...other, tokensValidFrom: 0 });
  });

  it('disables and enables one account, also when it is so already', async () => {
    const [user, other] = [sampleUser(), sampleUser()];
    await context.store().create(user);
    await context.store().create(other);
    for (const disabled of [true, true, false, false]) {
      expect(await context.store().setDisabled(user.id, disabled)).toBe(true);
      expect(await context.store().findById(user.id)).toMatchObject({ disabled });
    }
    await context.store().setDisabled(user.id, true);
    expect(await context.store().findById(other.id)).toMatchObject({ disabled: false });
  });

  it('says so when the account to change is unknown', async () => {
    expect(await context.store().setPassword(newId(), 'hash', 1)).toBe(false);
    expect(await context.store().setDisabled(newId(), true)).toBe(false);
  });

  it('replaces a hash unless the account has another one by now, and ends no token', async () => {
    const [user, other] = [sampleUser(), sampleUser()];
    await context.store().create(user);
    await context.store().create(other);
    const [second, third] = ['y', 'z'].map((letter) => `$2b$12$${letter.repeat(53)}`) as [string, string];
    await context.store().setPassword(user.id, user.passwordHash, 7);
    expect(await context.store().replaceHash(user.id, user.passwordHash, second)).toBe(true);
    expect(await context.store().findById(user.id)).toMatchObject({
      passwordHash: second,
      tokensValidFrom: 7,
    });
    expect(await context.store().replaceHash(user.id, user.passwordHash, third)).toBe(false);
    expect(await context.store().replaceHash(newId(), second, third)).toBe(false);
    expect(await context.store().findById(user.id)).toMatchObject({ passwordHash: second });
    expect(await context.store().findById(other.id)).toMatchObject({ passwordHash: other.passwordHash });
  });

  it('sets the same password and time twice', async () => {
    const user = sampleUser();
    await context.store().create(user);
    expect(await context.store().setPassword(user.id, user.passwordHash, 5)).toBe(true);
    expect(await context.store().setPassword(user.id, user.passwordHash, 5)).toBe(true);
  });
}

function describeRevocations(context: Context): void {
  it('revokes one token, however often', async () => {
    const [token, other] = [newId(), newId()];
    expect(await context.store().isTokenRevoked(token)).toBe(false);
    await Promise.all([1, 2, 3].map(() => context.store().revokeToken(token, 2000)));
    expect(await context.store().isTokenRevoked(token)).toBe(true);
    expect(await context.store().isTokenRevoked(other)).toBe(false);
  });

  it('forgets only the revocations that expired before the given time', async () => {
    const [early, exact, late] = [newId(), newId(), newId()];
    await context.store().revokeToken(early, 1_700_000_000_000);
    await context.store().revokeToken(exact, 1_700_000_000_001);
    await context.store().revokeToken(late, 1_900_000_000_000);
    expect(await context.store().dropExpiredRevocations(1_700_000_000_001)).toBe(1);
    expect(await context.store().isTokenRevoked(early)).toBe(false);
    expect(await context.store().isTokenRevoked(exact)).toBe(true);
    expect(await context.store().isTokenRevoked(late)).toBe(true);
    expect(await context.store().dropExpiredRevocations(1_700_000_000_001)).toBe(0);
  });
}

function describeConnection(context: Context): void {
  it('answers a ping', async () => {
    await expect(context.store().ping()).resolves.toBeUndefined();
  });

  it('is unavailable once closed, and may be closed twice', async () => {
    await context.store().close();
    await expect(context.store().close()).resolves.toBeUndefined();
    await expect(context.store().ping()).rejects.toThrow(UnavailableError);
    await expect(context.store().findById(newId())).rejects.toThrow(UnavailableError);
    await expect(context.store().create(sampleUser())).rejects.toThrow(UnavailableError);
    await expect(context.store().revokeToken(newId(), 1)).rejects.toThrow(UnavailableError);
    await expect(context.store().attempts('key')).rejects.toThrow(UnavailableError);
    await expect(context.store().replaceAttempts('key', [], [1], 2)).rejects.toThrow(UnavailableError);
  });
}

function describeSeveralConnections(context: Context, reopen: () => Promise<UserStore>): void {
  async function another(): Promise<UserStore> {
    const store = await reopen();
    context.others.push(store);
    return store;
  }

  it('keeps everything when it is closed and opened again', async () => {
    const user = sampleUser();
    const token = newId();
    await context.store().create(user);
    await context.store().setPassword(user.id, user.passwordHash, 77);
    await context.store().setDisabled(user.id, true);
    await context.store().revokeToken(token, 1_900_000_000_000);
    await context.store().close();

    const again = await another();
    expect(await again.findByEmail(user.email)).toEqual({ ...user, disabled: true, tokensValidFrom: 77 });
    expect(await again.isTokenRevoked(token)).toBe(true);
  });

  it('shows a change to other connections at once', async () => {
    const other = await another();
    const user = sampleUser();
    await context.store().create(user);
    expect(await other.findById(user.id)).not.toBeNull();
    await other.setDisabled(user.id, true);
    expect(await context.store().findById(user.id)).toMatchObject({ disabled: true });
  });

  it('counts no attempt twice and loses none when several connections count at once', async () => {
    const stores = [context.store(), await another(), await another()];
    const count = async (store: UserStore, time: number): Promise<void> => {
      const before = await store.attempts('key');
      const after = [...before, time];
      if (!(await store.replaceAttempts('key', before, after, 1_900_000_000_000))) await count(store, time);
    };
    const times = Array.from({ length: 24 }, (_, n) => 1_700_000_000_000 + n);
    await Promise.all(times.map((time, n) => count(stores[n % stores.length] ?? context.store(), time)));
    expect((await context.store().attempts('key')).toSorted()).toEqual(times);
  });

  it('makes one account when two connections ask for one address', async () => {
    const stores = [context.store(), await another()];
    const attempts = stores.flatMap((store) =>
      Array.from({ length: 5 }, () => store.create(sampleUser({ email: 'race@example.org' }))),
    );
    expect((await Promise.all(attempts)).filter(Boolean)).toHaveLength(1);
  });
}
