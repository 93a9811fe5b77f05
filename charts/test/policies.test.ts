import { describe, expect, it } from '@jest/globals';
import {
  DisabledFixer,
  MonokleValidator,
  RemotePluginLoader,
  requireFromStringCustomPluginLoader,
  ResourceParser,
  SchemaLoader,
  type Resource,
} from '@monokle/validation';
import { parse } from 'yaml';
import { render, type Manifest } from './support/helm.ts';
import { matrix } from './support/matrix.ts';

/** Those that need no network; the other two silently find nothing without it. */
const plugins = {
  'pod-security-standards': true,
  practices: true,
  'resource-links': true,
  metadata: true,
  'yaml-syntax': true,
};

interface Finding {
  rule: string;
  object: string;
  message: string;
}

/** What a rule says that is meant to be as it is, and why. */
const accepted: readonly { rule: RegExp; object: RegExp; message?: RegExp; why: string }[] = [
  {
    rule: /^KBP10[45]$/,
    object: /-(mysql|mongodb|rabbitmq)\..*statefulset/,
    why: 'the files in the official images of these servers belong to user 999',
  },
  {
    rule: /^KBP112$/,
    object: /./,
    why: 'a pod whose Secret or key is missing names both in its state, which it does for variables only',
  },
  {
    rule: /^KBP111$/,
    object: /-auth\..*deployment/,
    why: 'an address whose password the kubelet puts in is taken for a secret',
  },
  {
    rule: /^MTD-recommended-labels$/,
    object: /./,
    message: /'app\.kubernetes\.io\/managed' label/,
    why: 'there is no such recommended label; managed-by is set',
  },
  {
    rule: /^KBP114$/,
    object: /-gateway\..*service/,
    why: 'the gateway is what is for everybody; only a value makes it more than ClusterIP',
  },
];

async function check(text: string): Promise<Finding[]> {
  const validator = new MonokleValidator({
    loader: new RemotePluginLoader(requireFromStringCustomPluginLoader),
    parser: new ResourceParser(),
    schemaLoader: new SchemaLoader(),
    suppressors: [],
    fixer: new DisabledFixer(),
  });
  await validator.preload({ plugins });
  const rules = Object.fromEntries(
    validator
      .getPlugins()
      .flatMap((plugin) =>
        plugin.rules.map((rule) => [`${plugin.metadata.name}/${rule.name}`, 'err'] as const),
      ),
  );
  await validator.preload({ plugins, rules });
  const { runs } = await validator.validate({ resources: resourcesOf(text) });
  return runs
    .flatMap((run) => run.results)
    .map(({ ruleId, message, locations }) => ({
      rule: ruleId,
      object: String(locations[1].logicalLocations?.[0]?.fullyQualifiedName),
      message: message.text,
    }));
}

function resourcesOf(text: string): Resource[] {
  return text
    .split(/^---$/m)
    .filter((part) => /^kind: /m.test(part))
    .map((part) => {
      // What Helm has rendered has these fields.
      const content = parse(part) as Manifest;
      const { apiVersion, kind, metadata } = content;
      const { name } = metadata;
      const ids = { id: `${kind}/${name}`, fileId: 'chart', filePath: 'chart', fileOffset: 0 };
      return { ...ids, name, apiVersion, kind, namespace: 'clipscribe', content, text: part };
    });
}

const isAccepted = ({ rule, object, message }: Finding): boolean =>
  accepted.some(
    (exception) =>
      exception.rule.test(rule) &&
      exception.object.test(object) &&
      (exception.message?.test(message) ?? true),
  );

describe('with all rules of the policies on', () => {
  it.each(Object.entries(matrix))(
    'nothing is found but what is accepted, with its reason: %s',
    async (_, values) => {
      const findings = await check(render(values));
      expect(findings.filter((finding) => !isAccepted(finding))).toEqual([]);
    },
  );

  it('no rule of Pod Security "restricted" has an exception', async () => {
    const findings = await check(render({}));
    expect(findings.filter(({ rule }) => rule.startsWith('PSS'))).toEqual([]);
    expect(accepted.some(({ rule }) => rule.test('PSS101'))).toBe(false);
  });

  it('a pod that breaks them is found', async () => {
    const pod = `apiVersion: v1
kind: Pod
metadata:
  name: bad
spec:
  containers:
    - name: bad
      image: bad:latest
      securityContext:
        privileged: true
`;
    const rules = (await check(pod)).map(({ rule }) => rule);
    expect(rules).toEqual(
      expect.arrayContaining(['PSS103', 'PSS203', 'PSS205', 'KBP001', 'KBP003', 'KBP102', 'KBP106']),
    );
  });

  it('no exception is left over', async () => {
    const findings = (await Promise.all(Object.values(matrix).map((values) => check(render(values))))).flat();
    for (const { rule, object } of accepted)
      expect(findings.some((finding) => rule.test(finding.rule) && object.test(finding.object))).toBe(true);
  });
});
