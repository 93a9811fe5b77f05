import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../../scripts/lib/root.mjs';
import { chart, helms, template } from './support/helm.ts';
import { given } from './support/matrix.ts';

interface Schema {
  type?: unknown;
  additionalProperties?: unknown;
  properties?: Record<string, Schema>;
  $ref?: string;
  [field: string]: unknown;
}

// The file is the chart's own, and Helm refuses it when it is no schema.
const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as Schema;

const refused: readonly (readonly [string, object, RegExp])[] = [
  ['a misspelt value', { components: { gateway: { replica: 3 } } }, /gateway.*replica/s],
  ['a misspelt variable', { components: { auth: { config: { REGISTRATIONS: 'open' } } } }, /REGISTRATIONS/],
  ['a component that there is not', { components: { frontend: {} } }, /frontend/],
  ['a part of a value', { mysql: { storage: { sizes: '1Gi' } } }, /sizes/],
  ['a number of pods that is none', { components: { auth: { replicas: 'two' } } }, /replicas/],
  ['a size that is none', { mongodb: { storage: { size: 'large' } } }, /size/],
  ['a password that would break an address', { mysql: { password: { value: 'a:b@c/d#e?f%g' } } }, /password/],
  ['a short signing key', { components: { auth: { jwtSecret: { value: 'short' } } } }, /jwtSecret/],
  ['no server and no address of one', { mysql: { enabled: false } }, /existingSecret/],
  ['the same for MongoDB', { mongodb: { enabled: false } }, /existingSecret/],
  ['the same for RabbitMQ', { rabbitmq: { enabled: false } }, /existingSecret/],
  ['a route to nowhere', { httpRoute: { enabled: true } }, /parentRefs/],
  [
    'KEDA without the address of the broker’s management',
    { keda: { enabled: true }, rabbitmq: { enabled: false, external: { existingSecret: 'broker' } } },
    /existingSecret/,
  ],
  [
    'a mail address that is none',
    { components: { notification: { mailUrl: { value: 'mail.host' } } } },
    /mailUrl/,
  ],
  ['no port of name servers, which would open all', { networkPolicy: { namePorts: [] } }, /namePorts/],
  ['an unknown level', { logLevel: 'loud' }, /logLevel/],
];

describe.each(helms())('Helm $version', (helm) => {
  it.each(refused)('refuses %s, and names it', (_what, values, words) => {
    const { status, stderr } = template(helm, { ...given, ...values });
    expect(stderr).toMatch(words);
    expect(status).not.toBe(0);
  });
});

it('leaves no object open but labels and what Kubernetes checks itself', () => {
  const open = objectSchemas(schema, '').filter(
    ([, { additionalProperties }]) => additionalProperties !== false,
  );
  const names = open.map(([path]) => path.replace(/^.*\//, ''));
  expect(names.sort()).toEqual(['global', 'nodeAffinity', 'podAffinity', 'podAntiAffinity', 'strings']);
});

/** All parts of a schema that speak of objects, with their paths. */
function objectSchemas(part: unknown, path: string): [string, Schema][] {
  if (typeof part !== 'object' || part === null) return [];
  const below = Object.entries(part).flatMap(([key, value]) => objectSchemas(value, `${path}/${key}`));
  return 'type' in part && part.type === 'object' ? [[path, part], ...below] : below;
}

/** Variables that the chart sets by other values, or out of Secrets. */
const setElsewhere = new Set([
  'HOST',
  'PORT',
  'METRICS_PORT',
  'USERS_URL',
  'JOBS_URL',
  'OWNERS_URL',
  'FILES_URL',
  'QUEUE_URL',
  'AUTH_URL',
  'PUBLIC_URL',
  'MAIL_URL',
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
  'ADMIN_EMAIL',
  'ADMIN_PASSWORD',
  'CONVERTER_ROLES',
  'TEMP_DIR',
  'OPENAI_API_KEY',
]);

describe('the variables of the services', () => {
  it.each(['auth', 'gateway', 'converter', 'notification'])(
    '%s: all can be set, and no others',
    (service) => {
      const files = ['config.ts', ...(service === 'converter' ? ['openai-config.ts'] : [])];
      const text = files
        .map((file) => readFileSync(join(root, 'services', service, 'src', file), 'utf8'))
        .join('');
      const known = [...text.matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].map((match) => match[1] ?? '');
      const component = schema.properties?.['components']?.properties?.[service];
      const offered = Object.keys(component?.properties?.['config']?.properties ?? {});
      expect(offered.sort()).toEqual(known.filter((name) => !setElsewhere.has(name)).sort());
    },
  );
});
