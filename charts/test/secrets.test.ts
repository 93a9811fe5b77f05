import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../../scripts/lib/root.mjs';
import { objects, render, type Manifest } from './support/helm.ts';
import { given, production } from './support/matrix.ts';

const secretsOf = (all: readonly Manifest[]): Map<string, Record<string, string>> =>
  new Map(
    all
      .filter(({ kind }) => kind === 'Secret')
      .map(({ metadata, ...secret }) => [metadata.name, decoded(secret['data'])]),
  );

function decoded(data: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString()]),
  );
}

/** Every `name key` of a Secret that a pod asks for. */
function wanted(all: unknown): string[] {
  if (typeof all !== 'object' || all === null) return [];
  const own = Object.entries(all).flatMap(([field, value]: [string, unknown]) => {
    if (field === 'secretKeyRef' && isReference(value)) return [`${value.name} ${value.key}`];
    if (field === 'secret' && isVolume(value))
      return value.items.map(({ key }) => `${value.secretName} ${key}`);
    return wanted(value);
  });
  return [...new Set(own)].sort();
}

function isReference(value: unknown): value is { name: string; key: string } {
  return typeof value === 'object' && value !== null && 'key' in value && 'name' in value;
}

function isVolume(value: unknown): value is { secretName: string; items: { key: string }[] } {
  return typeof value === 'object' && value !== null && 'secretName' in value && 'items' in value;
}

describe('a Secret that is nowhere given', () => {
  it('is made at random, long, for each key that a pod asks for, and kept', () => {
    const all = objects();
    const made = secretsOf(all);
    const offered = [...made].flatMap(([name, data]) => Object.keys(data).map((key) => `${name} ${key}`));
    expect(offered.sort()).toEqual(wanted(all));
    for (const data of made.values())
      for (const value of Object.values(data)) expect(value).toMatch(/^[A-Za-z0-9]{40}$/);
    for (const { kind, metadata } of all)
      if (kind === 'Secret')
        expect(metadata).toHaveProperty(['annotations', 'helm.sh/resource-policy'], 'keep');
  });

  it('is another one in each rendering, and no checksum depends on it', () => {
    const [first, second] = [render({}), render({})];
    expect(secretsOf(objects())).not.toEqual(secretsOf(objects()));
    const withoutSecrets = (text: string): string[] =>
      text.split(/^---$/m).filter((document) => !/^kind: Secret$/m.test(document));
    expect(withoutSecrets(first)).toEqual(withoutSecrets(second));
  });
});

it('takes a value where there is one', () => {
  const values = {
    components: {
      auth: { jwtSecret: { value: 'k'.repeat(32) } },
      converter: { openaiApiKey: { value: 'sk-1' } },
    },
    mysql: { password: { value: 'a.long~password' } },
  };
  const made = secretsOf(objects(values));
  expect(made.get('clipscribe-auth')).toHaveProperty('JWT_SECRET', 'k'.repeat(32));
  expect(made.get('clipscribe-converter')).toEqual({ OPENAI_API_KEY: 'sk-1' });
  expect(made.get('clipscribe-mysql')).toHaveProperty('password', 'a.long~password');
});

it('prefers a Secret of the operator’s to a value, and then makes none', () => {
  const all = objects({
    ...given,
    components: {
      auth: { ...given.components.auth, jwtSecret: { existingSecret: 'mine', value: 'k'.repeat(40) } },
    },
  });
  expect(secretsOf(all).size).toBe(0);
  expect(wanted(all)).toContain('mine JWT_SECRET');
});

it('asks for each secret by name and key, so that a missing one is named by the pod', () => {
  expect(wanted(objects(production))).toEqual([
    'broker QUEUE_URL',
    'clipscribe-auth-keys JWT_SECRET',
    'clipscribe-auth-keys JWT_SECRET_PREVIOUS',
    'collector OTEL_EXPORTER_OTLP_HEADERS',
    'jobs-database FILES_URL',
    'jobs-database JOBS_URL',
    'mail MAIL_URL',
    'openai OPENAI_API_KEY',
    'users-database USERS_URL',
  ]);
});

it('gives the signing key to auth, and to nobody else', () => {
  const knowing = objects().filter((object) => wanted(object).some((name) => name.endsWith(' JWT_SECRET')));
  expect(knowing.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'Deployment clipscribe-auth',
  ]);
});

describe('the commands of docs/kubernetes.md that make the secrets of manifests/', () => {
  const text = readFileSync(join(root, 'docs', 'kubernetes.md'), 'utf8');
  const commands = /<!-- secrets -->\s*```sh\n(.*?)```/s.exec(text)?.[1] ?? '';

  it('make exactly those that the pods ask for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'clipscribe-kubectl-'));
    try {
      writeFileSync(join(folder, 'kubectl'), '#!/bin/sh\nprintf "%s\\n" "$*"\n');
      chmodSync(join(folder, 'kubectl'), 0o755);
      const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` };
      const calls = execFileSync('sh', ['-ec', commands], { env, encoding: 'utf8' }).trim().split('\n');
      const made = calls.flatMap((call) => {
        const name = /create secret generic (\S+)/.exec(call)?.[1] ?? '';
        return [...call.matchAll(/--from-literal=(\S+?)=[0-9a-f]{48}/g)].map(
          (match) => `${name} ${match[1] ?? ''}`,
        );
      });
      expect(made.sort()).toEqual(wanted(objects()));
      for (const call of calls) expect(call).toContain('clipscribe create secret generic');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
