import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@clipscribe/runtime';
import express from 'express';
import request from 'supertest';
import { readGatewayConfig } from '../src/config.ts';
import { crossOrigin } from '../src/cross-origin.ts';

const HOME = 'https://app.example.org';

function serving(...origins: string[]) {
  const app = express();
  app.use(crossOrigin(origins));
  app.all('/', (_req, res) => {
    res.send('there');
  });
  return request(app);
}

const preflight = {
  'Access-Control-Request-Method': 'PATCH',
  'Access-Control-Request-Headers': 'upload-offset',
};

describe('crossOrigin', () => {
  it('lets a listed origin in, and hides no header of tus from it', async () => {
    const { headers } = await serving(HOME).get('/').set('Origin', HOME).expect(200);
    expect(headers['access-control-allow-origin']).toBe(HOME);
    expect(headers['vary']).toBe('Origin');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    const exposed = headers['access-control-expose-headers'] ?? '';
    for (const name of ['Location', 'Upload-Offset', 'Upload-Length', 'Tus-Resumable', 'ETag'])
      expect(exposed.split(', ')).toContain(name);
  });

  it('answers its questions before requests that are not simple', async () => {
    const answer = await serving(HOME)
      .options('/')
      .set({ Origin: HOME, ...preflight })
      .expect(204);
    expect(answer.headers['access-control-allow-methods']).toContain('PATCH');
    for (const name of ['Authorization', 'Upload-Offset', 'Tus-Resumable', 'Upload-Metadata'])
      expect((answer.headers['access-control-allow-headers'] ?? '').split(', ')).toContain(name);
    expect(answer.text).toBe('');
  });

  it('leaves an OPTIONS that is none of these questions to the routes', async () => {
    expect((await serving(HOME).options('/').set('Origin', HOME)).text).toBe('there');
  });

  it.each([
    'https://evil.example.org',
    'https://app.example.org.evil.org',
    'http://app.example.org',
    'null',
    '',
  ])('says nothing to "%s"', async (origin) => {
    const { headers } = await serving(HOME).get('/').set('Origin', origin);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers['vary']).toBe('Origin'); // or a cache would give this answer to those who are let in
    const asked = await serving(HOME)
      .options('/')
      .set({ Origin: origin, ...preflight });
    expect(asked.headers['access-control-allow-methods']).toBeUndefined();
  });

  it('lets all in by *', async () => {
    const { headers } = await serving('*').get('/').set('Origin', 'https://anywhere.example');
    expect(headers['access-control-allow-origin']).toBe('*');
  });
});

describe('CORS_ORIGINS', () => {
  it('is closed by default, and takes a list', () => {
    expect(readGatewayConfig({}).corsOrigins).toEqual([]);
    const two = { CORS_ORIGINS: 'https://app.example.org, http://localhost:5173' };
    expect(readGatewayConfig(two).corsOrigins).toEqual(['https://app.example.org', 'http://localhost:5173']);
  });

  it.each(['app.example.org', 'https://app.example.org/', 'https://*.example.org', 'null'])(
    'refuses "%s", which no browser would send',
    (value) => {
      const read = () => readGatewayConfig({ CORS_ORIGINS: value });
      expect(read).toThrow(ConfigError);
      expect(read).toThrow(/CORS_ORIGINS must be origins/);
    },
  );
});
