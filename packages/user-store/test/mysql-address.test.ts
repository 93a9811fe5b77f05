import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@clipscribe/runtime';
import { openUserStore } from '../src/index.ts';
import { parseMysqlUrl } from '../src/mysql-address.ts';

describe('parseMysqlUrl', () => {
  it('takes every part, percent-decoded', () => {
    expect(parseMysqlUrl('mysql://us%40er:p%40%3A%2F%3F%23%25%C3%B6@db.example.org:3307/da%20ta')).toEqual({
      host: 'db.example.org',
      port: 3307,
      user: 'us@er',
      password: 'p@:/?#%ö',
      database: 'da ta',
      tls: false,
    });
  });

  it.each([
    ['mysql://u:p@db/users', { port: 3306, password: 'p' }],
    ['mariadb://u:p@db/users', { host: 'db' }],
    ['mysql://u@db/users', { password: '' }],
    ['mysql://u:p@[::1]:3307/users', { host: '::1', port: 3307 }],
    ['mysql://u:p@db/users?tls=true', { tls: true }],
    ['mysql://u:p@db/users?tls=false', { tls: false }],
  ])('takes %s', (url, part) => {
    expect(parseMysqlUrl(url)).toMatchObject(part);
  });

  it.each([
    'mysql:',
    'mysql:users',
    'mysql://',
    'mysql://db/users',
    'mysql://:hunter2@db/users',
    'mysql://u:hunter2@/users',
    'mysql://u:hunter2@db',
    'mysql://u:hunter2@db/',
    'mysql://u:hunter2@db/users/more',
    'mysql://u:hunter2@db:0/users',
    'mysql://u:hunter2@db:70000/users',
    'mysql://u:hunter2@db:port/users',
    'mysql://u:hunter2%@db/users',
    'mysql://u:hun#ter2@db/users',
    'mysql://u:hun?ter2@db/users',
    'mysql://u:hun/ter2@db/users',
    'mysql://u:hunter2@db/users?ssl=true',
    'mysql://u:hunter2@db/users?tls=yes',
    'mysql://u:hunter2@10.0.0.1/users?tls=true',
    'mysql://u:hunter2@[::1]/users?tls=true',
    'mysql://u:hunter2@db/users?tls=true&multipleStatements=true',
  ])('refuses %s, naming the variable and hiding the password', async (url) => {
    const error: unknown = await openUserStore(url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ message: expect.stringMatching(/^USERS_URL /) });
    expect(String(error)).not.toMatch(/hun|ter2/);
    expect(error).not.toHaveProperty('cause');
  });
});
