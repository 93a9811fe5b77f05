import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { root } from '../../scripts/lib/root.mjs';

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const stages = [...dockerfile.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)].map(([, from = '', name]) => ({
  from,
  name,
}));

it('there is a system for each service, with media tools for those that need them', () => {
  const systems = stages.flatMap(({ from, name }) => {
    const service = /^system-(.+)$/.exec(name ?? '')?.[1];
    return service === undefined ? [] : [[service, from] as const];
  });
  expect(systems.map(([service]) => service).sort()).toEqual(
    readdirSync(join(root, 'services'))
      .filter((name) => existsSync(join(root, 'services', name, 'package.json')))
      .sort(),
  );
  const withMedia = systems.filter(([, from]) => from === 'media').map(([service]) => service);
  expect(withMedia).toEqual(['converter', 'suite']);
});

it('needs no image but one, and no extension of the builder', () => {
  const names = stages.map(({ name }) => name);
  const foreign = stages
    .map(({ from }) => from)
    .filter((from) => !names.includes(from) && !from.includes('$'));
  expect(foreign).toEqual(['scratch']);
  expect(dockerfile).toContain('ARG NODE_IMAGE=node:24-bookworm-slim\n');
  expect(dockerfile).not.toMatch(/^# *syntax=|RUN --mount|COPY --(link|parents)|<<EOF|linux\/(amd|arm)64/m);
});

it('starts as a user by number, under an init, without a shell in between', () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  expect(last).toMatch(/^USER 1000:1000$/m);
  expect(last).toMatch(/^ENTRYPOINT \["\/usr\/bin\/tini", "--"\]$/m);
  expect(last).toMatch(/^CMD \["\/app\/start"\]$/m);
  expect(dockerfile).toContain(String.raw`exec %s "$@"`);
});

it('every way of reading the start script gives a program that tini can run', () => {
  for (const service of ['auth', 'gateway', 'converter', 'notification']) {
    const text = readFileSync(join(root, 'services', service, 'package.json'), 'utf8');
    expect(text).toMatch(/"start": "node [^"$`\\]*src\/main\.ts"/);
  }
});
