import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../../scripts/lib/root.mjs';
import { objects, render, type Manifest } from './support/helm.ts';
import { everything, given, matrix, production } from './support/matrix.ts';

interface Pods {
  spec: {
    replicas?: number;
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string>; annotations: Record<string, string> };
      spec: {
        terminationGracePeriodSeconds?: number;
        securityContext: { runAsUser: number };
        containers: {
          name: string;
          livenessProbe: { httpGet?: { path: string } };
          lifecycle?: unknown;
          env?: { name: string; value?: string }[];
        }[];
        volumes: { name: string; emptyDir?: { sizeLimit?: string } }[];
      };
    };
  };
}

// The test of types has compared these objects with their kinds.
const podsOf = (all: readonly Manifest[]): (Manifest & Pods)[] =>
  all.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind)) as (Manifest & Pods)[];

const deployment = (values: object, name: string): Manifest & Pods => {
  const found = podsOf(objects(values)).find(({ metadata }) => metadata.name === `clipscribe-${name}`);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
};

describe('the number of pods', () => {
  it('is left to kubectl scale unless a value says it', () => {
    for (const name of ['auth', 'gateway', 'converter', 'notification'])
      expect(deployment(given, name).spec).not.toHaveProperty('replicas');
    expect(deployment({ components: { converter: { replicas: 3 } } }, 'converter').spec.replicas).toBe(3);
    expect(deployment({ components: { converter: { replicas: 0 } } }, 'converter').spec.replicas).toBe(0);
  });

  it('is left to an autoscaler, whatever a value says', () => {
    expect(deployment(everything, 'converter').spec).not.toHaveProperty('replicas');
    expect(deployment(everything, 'gateway').spec).not.toHaveProperty('replicas');
  });
});

describe('the converter', () => {
  it('is one Deployment for both roles, or one for each', () => {
    const converters = (values: object): string[] =>
      podsOf(objects(values)).flatMap(({ metadata }) => /converter.*/.exec(metadata.name) ?? []);
    expect(converters(given)).toEqual(['converter']);
    expect(converters(production).sort()).toEqual(['converter-transcribe', 'converter-video']);
    expect(render(given)).toContain('CONVERTER_ROLES: "video,transcribe"');
    expect(render(production)).toContain('CONVERTER_ROLES: "video"\n');
    expect(render(production)).toContain('CONVERTER_ROLES: "transcribe"\n');
  });

  it('has what is set for a role alone', () => {
    const spec = (name: string): unknown => deployment(production, name).spec.template.spec;
    expect(spec('converter-video')).toHaveProperty('nodeSelector', { disk: 'fast' });
    expect(spec('converter-transcribe')).not.toHaveProperty('nodeSelector');
  });
});

describe.each(Object.entries(matrix))('all pods: %s', (_name, values) => {
  const all = objects(values);
  const pods = podsOf(all);

  it('are selected by labels that no other pods have', () => {
    const selected = [
      ...pods.map(({ spec }) => spec.template.metadata.labels),
      ...all.filter(({ kind }) => kind === 'Pod').map(({ metadata }) => metadata.labels ?? {}),
    ];
    for (const { spec } of pods) {
      const own = Object.entries(spec.selector.matchLabels);
      expect(selected.filter((labels) => own.every(([key, value]) => labels[key] === value))).toHaveLength(1);
    }
  });

  it('name the container that is meant, and have room of a known size only', () => {
    for (const { spec } of pods) {
      const { metadata, spec: pod } = spec.template;
      const names = pod.containers.map(({ name }) => name);
      expect(names).toContain(metadata.annotations['kubectl.kubernetes.io/default-container']);
      for (const { emptyDir } of pod.volumes)
        if (emptyDir !== undefined) expect(emptyDir.sizeLimit).toMatch(/^\d/);
    }
  });

  it('are not taken for dead because a server is', () => {
    for (const { spec } of pods)
      for (const { livenessProbe } of spec.template.spec.containers)
        if (livenessProbe.httpGet !== undefined) expect(livenessProbe.httpGet.path).toBe('/healthz');
  });
});

it('answering pods wait before they stop, and have the time for what they do when stopped', () => {
  /** Seconds that a service gives its work after a stop signal: a constant in its main.ts. */
  const finish = (service: string): number => {
    const text = readFileSync(join(root, 'services', service, 'src', 'main.ts'), 'utf8');
    return Number(/(?:GRACE|FINISH)_MS = ([\d_]+)/.exec(text)?.[1]?.replaceAll('_', '')) / 1000;
  };
  for (const service of ['auth', 'gateway', 'converter', 'notification']) {
    const { spec } = deployment(given, service).spec.template;
    const wait = ['auth', 'gateway'].includes(service) ? 5 : 0;
    expect(spec.containers[0]?.lifecycle).toEqual(
      wait > 0 ? { preStop: { sleep: { seconds: wait } } } : undefined,
    );
    // Two more phases of five seconds each: the intake, and the connections.
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(wait + finish(service) + 10);
  }
});
