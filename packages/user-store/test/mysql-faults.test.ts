import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeWithPrivateServer } from '@clipscribe/private-servers/testing';
import { UnavailableError } from '@clipscribe/runtime';
import { openUserStore, type UserStore } from '../src/index.ts';
import { sampleUser } from '../testing/index.ts';
import { makeDatabase, openAdmin, urlOf } from './support/fresh-database.ts';

/** More than there are connections. */
const MANY = 300;

/** More than there are places to wait for one. */
const TOO_MANY = 2500;

describeWithPrivateServer('mariadb', 'MysqlUserStore and its server', (server) => {
  let url: string;
  let store: UserStore;
  const user = sampleUser();

  beforeEach(async () => {
    const database = await makeDatabase(server().url);
    await database.admin.end();
    ({ url } = database);
    store = await openUserStore(url);
  });
  afterEach(() => store.close());

  /** What each of these calls comes to: an error, or null. */
  async function outcomes(calls: readonly Promise<unknown>[]): Promise<unknown[]> {
    return Promise.all(
      calls.map((call) =>
        call.then(
          () => null,
          (error: unknown) => error,
        ),
      ),
    );
  }

  function everyCall(): Promise<unknown>[] {
    return [
      store.create(user),
      store.findByEmail(user.email),
      store.findById(user.id),
      store.list({ limit: 10 }),
      store.setPassword(user.id, 'hash', 1),
      store.setDisabled(user.id, true),
      store.hasRole('admin'),
      store.revokeToken(user.id, 1),
      store.isTokenRevoked(user.id),
      store.dropExpiredRevocations(1),
      store.ping(),
    ];
  }

  function expectUnavailable(errors: readonly unknown[]): void {
    for (const error of errors) {
      expect(error).toBeInstanceOf(UnavailableError);
      expect(error).toMatchObject({ service: 'user store', cause: expect.anything() });
    }
  }

  it('is unavailable while its server is down, also at first, and works once it is up', async () => {
    await server().signal('SIGTERM');
    expectUnavailable(await outcomes(everyCall()));
    expectUnavailable(await outcomes([store.ping()]));
    await server().restart();
    expect(await store.create(user)).toBe(true);
    await expect(store.ping()).resolves.toBeUndefined();
  });

  it('has what it confirmed after its server was killed in the middle, and goes on', async () => {
    await store.ping();
    const users = Array.from({ length: MANY }, () => sampleUser());
    const creating = users.map((each) => store.create(each));
    await creating[MANY / 10];
    await server().signal('SIGKILL');
    const results = await outcomes(creating);
    expectUnavailable(results.filter((error) => error !== null));
    expectUnavailable(await outcomes(everyCall()));

    await server().restart();
    const stored = new Set((await store.list({ limit: MANY })).map(({ id }) => id));
    const confirmed = users.filter((_each, index) => results[index] === null);
    expect(confirmed.length).toBeGreaterThan(0);
    expect(confirmed.filter(({ id }) => !stored.has(id))).toEqual([]);
  });

  it('serves many calls at once', async () => {
    await store.create(user);
    const found = await Promise.all(Array.from({ length: MANY }, () => store.findById(user.id)));
    expect(found.filter((each) => each?.id === user.id)).toHaveLength(MANY);
  });

  it('does not wait for a server that is silent, and goes on when it speaks again', async () => {
    expect(await store.create(user)).toBe(true);
    const late = sampleUser();
    await server().signal('SIGSTOP');
    try {
      expectUnavailable(await outcomes([store.create(late), ...everyCall()]));
      expectUnavailable(await outcomes(Array.from({ length: TOO_MANY }, () => store.findById(user.id))));
      expectUnavailable(await outcomes(everyCall()));
    } finally {
      await server().signal('SIGCONT');
    }
    expect(await store.findById(user.id)).toMatchObject({ email: user.email });
  });

  it('does not wait for a silent server at first either', async () => {
    await server().signal('SIGSTOP');
    try {
      expectUnavailable(await outcomes(everyCall()));
    } finally {
      await server().signal('SIGCONT');
    }
    expect(await store.create(user)).toBe(true);
  });

  it('closes while its server is silent', async () => {
    await store.ping();
    await server().signal('SIGSTOP');
    try {
      const calls = outcomes(everyCall());
      await store.close();
      expectUnavailable(await calls);
    } finally {
      await server().signal('SIGCONT');
    }
  });

  it('gives up on a row that another holds, and goes on when it is free', async () => {
    await store.create(user);
    const holder = await openAdmin(url);
    await holder.query('START TRANSACTION');
    await holder.query('SELECT * FROM users WHERE id = ? FOR UPDATE', [user.id]);
    expectUnavailable(await outcomes(Array.from({ length: 20 }, () => store.setDisabled(user.id, true))));
    await holder.query('ROLLBACK');
    await holder.end();
    expect(await store.setPassword(user.id, 'hash', 1)).toBe(true);
  });

  it('does not speak to a server without the certificate that it is told to expect', async () => {
    const unencrypted = new URL(url);
    unencrypted.hostname = 'localhost';
    const demanding = await openUserStore(`${unencrypted.href}?tls=true`);
    const refusal = { cause: { code: expect.stringMatching(/^HANDSHAKE_/) } };
    await expect(demanding.ping()).rejects.toMatchObject(refusal);
    await demanding.close();
  });

  it('says why, but never its password', async () => {
    const secret = 'hunter2-hunter2';
    const stranger = await openUserStore(urlOf(server().url, 'mysql', { name: 'nobody', password: secret }));
    const lost = await openUserStore(urlOf(server().url, 'nowhere'));
    try {
      const [refused, unknown] = await outcomes([stranger.ping(), lost.ping()]);
      expectUnavailable([refused, unknown]);
      expect(refused).toMatchObject({ cause: { code: 'ER_ACCESS_DENIED_ERROR' } });
      expect(unknown).toMatchObject({ cause: { code: 'ER_BAD_DB_ERROR' } });
      expect(JSON.stringify(allOf(refused))).not.toContain(secret);
    } finally {
      await stranger.close();
      await lost.close();
    }
  });
});

/** An error with everything that a log could show of it. */
function allOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return {
    ...Object.fromEntries(Object.entries(error)),
    message: error.message,
    stack: error.stack,
    cause: allOf(error.cause),
  };
}
