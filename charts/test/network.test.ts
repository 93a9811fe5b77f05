import { describe, expect, it } from '@jest/globals';
import { objects, type Manifest } from './support/helm.ts';
import { everything, given, matrix, production } from './support/matrix.ts';

interface Peer {
  podSelector?: { matchLabels: Record<string, string> };
}
interface Rule {
  to?: Peer[];
  from?: Peer[];
  ports: { port: number }[];
}
interface Policy extends Manifest {
  spec: {
    podSelector: { matchLabels: Record<string, string> };
    policyTypes: string[];
    ingress?: Rule[];
    egress?: Rule[];
  };
}

// The test of types has compared these objects with their kinds.
const policiesOf = (values: object): Policy[] =>
  objects(values).filter(({ kind }) => kind === 'NetworkPolicy') as Policy[];

const COMPONENT = 'app.kubernetes.io/component';

/** `gateway>auth:8081` for each way within the release that the policies of one direction allow. */
function edges(policies: readonly Policy[], direction: 'ingress' | 'egress'): string[] {
  return policies
    .flatMap(({ spec }) =>
      (spec[direction] ?? []).flatMap((rule) =>
        (rule.to ?? rule.from ?? []).flatMap(({ podSelector }) => {
          if (podSelector === undefined) return [];
          const ends = [spec.podSelector.matchLabels[COMPONENT], podSelector.matchLabels[COMPONENT]];
          const [from, to] = direction === 'egress' ? ends : ends.reverse();
          return rule.ports.map(({ port }) => `${String(from)}>${String(to)}:${String(port)}`);
        }),
      ),
    )
    .sort();
}

describe('the ways between pods', () => {
  it('are these', () => {
    expect(edges(policiesOf(given), 'egress')).toEqual([
      'auth>mysql:3306',
      'converter>mongodb:27017',
      'converter>rabbitmq:5672',
      'gateway>auth:8081',
      'gateway>mongodb:27017',
      'gateway>rabbitmq:5672',
      'notification>mongodb:27017',
      'notification>rabbitmq:5672',
      'test>gateway:8080',
    ]);
  });

  it.each(Object.entries(matrix))('are open at both ends or at none: %s', (_name, values) => {
    const policies = policiesOf(values);
    expect(edges(policies, 'egress')).toEqual(edges(policies, 'ingress'));
  });

  it('lead to pods and ports that there are', () => {
    const all = objects(everything);
    const ports = JSON.stringify(all.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind)));
    for (const edge of edges(policiesOf(everything), 'egress')) {
      const [, to = '', port = ''] = /> ?(.*):(.*)$/.exec(edge) ?? [];
      expect(ports).toContain(`"${COMPONENT}":"${to}"`);
      expect(ports).toContain(`"containerPort":${port}`);
    }
  });
});

it('all else is shut, for all pods and both ways', () => {
  const shut = policiesOf(given).find(({ metadata }) => metadata.name === 'clipscribe-deny-all');
  expect(shut?.spec).toEqual({
    podSelector: {
      matchLabels: { 'app.kubernetes.io/name': 'clipscribe', 'app.kubernetes.io/instance': 'clipscribe' },
    },
    policyTypes: ['Ingress', 'Egress'],
  });
});

it('ways out are open for whom they are meant, and only when they are needed', () => {
  const outside = (values: object): string[] =>
    policiesOf(values)
      .filter(({ spec }) =>
        spec.egress?.some(({ to = [] }) => to.every((peer) => peer.podSelector === undefined)),
      )
      .map(({ metadata }) => metadata.name.replace('clipscribe-', ''))
      .sort();
  expect(outside(given)).toEqual(['names', 'notification-to-webhooks']);
  expect(outside(production)).toEqual(
    [
      'auth-to-traces',
      'auth-to-users',
      ...['gateway', 'converter-video', 'converter-transcribe', 'notification'].flatMap((name) => [
        `${name}-to-jobs`,
        `${name}-to-queue`,
        `${name}-to-traces`,
      ]),
      'converter-video-to-speech',
      'converter-transcribe-to-speech',
      'names',
      'notification-to-mail',
      'notification-to-webhooks',
    ].sort(),
  );
});

it('auth is reached by gateways, and by nobody else', () => {
  const policies = policiesOf(everything).filter(
    ({ spec }) => spec.ingress !== undefined && spec.podSelector.matchLabels[COMPONENT] === 'auth',
  );
  const ways = policies
    .flatMap(({ spec }) => spec.ingress ?? [])
    .filter(({ ports }) => ports[0]?.port === 8081);
  expect(ways).toHaveLength(1);
  expect(ways[0]?.from).toEqual([
    { podSelector: { matchLabels: expect.objectContaining({ [COMPONENT]: 'gateway' }) } },
  ]);
});

it('name servers may have other ports', () => {
  const names = policiesOf({ ...given, networkPolicy: { namePorts: [53, 5353] } }).find(({ metadata }) =>
    metadata.name.endsWith('-names'),
  );
  expect(names?.spec.egress?.map(({ ports }) => ports)).toEqual([
    [53, 5353].flatMap((port) => ['UDP', 'TCP'].map((protocol) => ({ protocol, port }))),
  ]);
});

it.each([
  [['mailPorts', 'webhookPorts', 'speechPorts', 'metricsFrom', 'kedaFrom']],
  [['mailPorts', 'outside', 'metricsFrom', 'kedaFrom']],
])('lists that were emptied shut their ways, and do not open them to all: %j', (emptied) => {
  const networkPolicy = {
    ...everything.networkPolicy,
    ...Object.fromEntries(emptied.map((name) => [name, []])),
  };
  const rules = policiesOf({ ...everything, networkPolicy }).flatMap(({ spec }) => [
    ...(spec.ingress ?? []),
    ...(spec.egress ?? []),
  ]);
  for (const rule of rules) {
    expect(rule.ports).not.toHaveLength(0);
    expect(rule.to ?? [{}]).not.toHaveLength(0);
    expect(rule.from ?? [{}]).not.toHaveLength(0);
  }
  const ports = rules.flatMap((rule) => rule.ports.map(({ port }) => port));
  for (const port of [25, 465, 587, 80, 443, 9090, 15672, 15692]) expect(ports).not.toContain(port);
});
