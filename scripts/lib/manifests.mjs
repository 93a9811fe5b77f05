import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** Where `kubectl apply -f manifests/` puts everything. */
const NAMESPACE = 'clipscribe';

/** Pods that break the rules of Pod Security "restricted" are refused. */
const namespaceManifest = `apiVersion: v1
kind: Namespace
metadata:
  name: ${NAMESPACE}
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/warn: restricted
    app.kubernetes.io/part-of: clipscribe
`;

/** The pod of `helm test` is not among these, and needs no way to the gateway. */
const isForTests = (text) => /^ {2}name: \S+-(from-test|test-to-\S+)$/m.test(text);

/** What only Helm has a use for. */
const helmOnly = /^ *(helm\.sh\/chart|app\.kubernetes\.io\/managed-by): .*\n/gm;

/**
 * The chart with its default values, without hooks and Secrets, a file for each component.
 * @param {string} helm the path of a Helm
 * @param {string} root the repository's folder
 * @returns {Map<string, string>} file names and their texts, in the order in which kubectl applies them
 * @throws SetupError when Helm refuses the chart
 */
export function renderManifests(helm, root) {
  const args = ['template', 'clipscribe', join(root, 'charts', 'clipscribe'), '--namespace', NAMESPACE];
  const { status, stdout, stderr } = spawnSync(helm, [...args, '--no-hooks'], { encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`helm template failed: ${stderr.trim()}`);
  const files = new Map([['00-namespace.yaml', namespaceManifest]]);
  const documents = splitDocuments(stdout).filter(
    (text) => !/^kind: Secret$/m.test(text) && !isForTests(text),
  );
  for (const text of documents) {
    const name = `${componentOf(text)}.yaml`;
    const before = files.get(name);
    files.set(name, before === undefined ? text : `${before}---\n${text}`);
  }
  return files;
}

/** @returns {string[]} the documents of a stream, each without Helm's note of where it came from */
export function splitDocuments(stream) {
  return stream
    .split(/^---$/m)
    .map((text) =>
      text
        .replace(/^\s*# Source: .*\n/gm, '')
        .replace(helmOnly, '')
        .trim(),
    )
    .filter((text) => /^kind: /m.test(text))
    .map((text) => `${text.replace(/[ \t]+$/gm, '')}\n`);
}

function componentOf(text) {
  const component = /^ {4}app\.kubernetes\.io\/component: (\S+)$/m.exec(text)?.[1];
  if (component === undefined) throw new SetupError(`a document of the chart has no component:\n${text}`);
  return component;
}
