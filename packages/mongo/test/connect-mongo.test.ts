import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@clipscribe/runtime';
import { connectMongo } from '../src/index.ts';

const role = { role: 'job store', variable: 'JOBS_URL' };

describe('an address of MongoDB', () => {
  it.each([
    ['mongodb://', 'no host'],
    ['mongodb://h/?nonsense=1', 'an unknown option'],
    ['mongodb://h:port/', 'a port that is none'],
    ['mongodb://ada:p@ss:w@rd%/h/', 'a password that is not encoded'],
    ['mongodb://ada:s3cret%zz@h/', 'a password that cannot be decoded'],
    ['mysql://h/', 'another scheme'],
  ])('is refused at once, without telling the password: %s (%s)', (url) => {
    const connect = (): unknown => connectMongo(url, role);
    expect(connect).toThrow(ConfigError);
    expect(connect).toThrow(/^JOBS_URL is not an address of MongoDB: ./);
    expect(connect).not.toThrow(/p@ss|s3cret/);
  });

  it.each([
    ['mongodb://127.0.0.1:1/', 'clipscribe'],
    ['mongodb://127.0.0.1:1', 'clipscribe'],
    ['mongodb://127.0.0.1:1/?appName=x', 'clipscribe'],
    ['mongodb://ada:p%2Fw@h1:1,h2:2/videos?authSource=admin', 'videos'],
    ['mongodb+srv://cluster.example.org/my%20db', 'my db'],
  ])('%s names the database %s', async (url, name) => {
    const connection = connectMongo(url, role);
    expect(connection.db.databaseName).toBe(name);
    await connection.close();
  });

  it('cannot weaken what the promises rest on', async () => {
    const connection = connectMongo('mongodb://h/?w=1&journal=false&readPreference=secondary', role);
    expect(connection.db.writeConcern).toMatchObject({ w: 'majority', journal: true });
    expect(connection.db.readPreference.mode).toBe('primary');
    await connection.close();
  });
});
