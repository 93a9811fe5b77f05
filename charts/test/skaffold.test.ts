import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { root } from '../../scripts/lib/root.mjs';
import { objectsOf, render } from './support/helm.ts';

interface Skaffold {
  apiVersion: string;
  build: {
    local: { push: boolean };
    artifacts: { image: string; docker: { dockerfile: string; buildArgs: { SERVICE: string } } }[];
  };
  deploy: {
    helm: {
      releases: {
        name: string;
        chartPath: string;
        namespace: string;
        setValues: Record<string, unknown>;
        setValueTemplates: Record<string, string>;
      }[];
    };
  };
  portForward: { resourceName: string; namespace: string; port: number }[];
  profiles: { name: string; manifests: { rawYaml: string[] }; patches: { op: string; path: string }[] }[];
}

// Compared by hand with the schema of v4beta13, which is not part of this repository; what follows is what we use of it.
const skaffold = parse(readFileSync(join(root, 'skaffold.yaml'), 'utf8')) as Skaffold;
const { artifacts } = skaffold.build;

const imagesOf = (text: string): string[] => [
  ...new Set([...text.matchAll(/^ +image: (clipscribe-\S+?):\S+$/gm)].map((match) => match[1] ?? '')),
];

describe('skaffold.yaml', () => {
  it('builds an image for each service that the chart runs, on this machine alone', () => {
    expect(skaffold.apiVersion).toBe('skaffold/v4beta13');
    expect(skaffold.build.local.push).toBe(false);
    expect(artifacts.map(({ image }) => image).sort()).toEqual(imagesOf(render({})).sort());
    for (const { image, docker } of artifacts) {
      expect(existsSync(join(root, docker.dockerfile))).toBe(true);
      expect(image).toBe(`clipscribe-${docker.buildArgs.SERVICE}`);
      expect(existsSync(join(root, 'services', docker.buildArgs.SERVICE, 'package.json'))).toBe(true);
    }
  });

  it('installs the chart with these images, and with values that it has', () => {
    const [release] = skaffold.deploy.helm.releases;
    const set = Object.entries({ ...release?.setValues, ...release?.setValueTemplates });
    const values: Record<string, unknown> = {};
    for (const [path, value] of set) assign(values, path.split('.'), filledIn(value));
    const rendered = render(values);
    for (const { image } of artifacts) expect(rendered).toContain(`image: ${image}:built\n`);
    expect(existsSync(join(root, release?.chartPath ?? '', 'Chart.yaml'))).toBe(true);
  });

  it('forwards a port that there is, in the namespace that it installs into', () => {
    const [forward] = skaffold.portForward;
    const service = objectsOf(render({})).find(
      ({ kind, metadata }) => kind === 'Service' && metadata.name === forward?.resourceName,
    );
    expect(service).toMatchObject({ spec: { ports: [{ port: forward?.port }] } });
    expect(forward?.namespace).toBe(skaffold.deploy.helm.releases[0]?.namespace);
  });

  it('has a profile for manifests/, instead of the chart and with the same images', () => {
    const profile = skaffold.profiles.find(({ name }) => name === 'manifests');
    expect(profile?.manifests.rawYaml).toEqual(['manifests/*.yaml']);
    expect(profile?.patches).toEqual([{ op: 'remove', path: '/deploy/helm' }]);
    const folder = join(root, 'manifests');
    const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(imagesOf(text.join('\n')).sort()).toEqual(artifacts.map(({ image }) => image).sort());
  });
});

/** As Skaffold does, for an image that was built. */
function filledIn(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value
    .replace(/^\{\{\.IMAGE_REPO_(\w+)\}\}$/, (_all, name: string) => name.replaceAll('_', '-'))
    .replace(/^\{\{\.IMAGE_TAG_\w+\}\}$/, 'built');
}

function assign(target: Record<string, unknown>, [first = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  // Only this function puts objects there.
  const next = (target[first] ??= {}) as Record<string, unknown>;
  assign(next, rest, value);
}
