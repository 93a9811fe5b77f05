import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface ClusterArguments {
  kubeconfig: string;
  namespace: string;
  release: string;
  /** Takes the release as it is instead of installing and removing one. */
  isInstalled: boolean;
  /** Leaves the release there at the end. */
  isKept: boolean;
  /** Words for helm: `--values F` and `--set K=V`, in the order in which they came. */
  values: string[];
  helm: string;
  kubectl: string;
}

export const HELP = `npm run e2e -- --kubeconfig F [--namespace N] [--release R] [--installed] [--keep]
               [--values F]… [--set K=V]… [--helm PATH] [--kubectl PATH]

Installs the chart on a cluster and runs the whole mission through its Service: log in, upload, follow, transcript, MP3,
mail. Then scales the converter under load, deletes each pod in the middle of jobs, rolls out every service under a
steady load of requests, upgrades, tries what must be refused, and uninstalls. Prints each step with its time. Exits with
1 when one failed, after the events and logs of what failed, and with 2 when it was called wrongly.

The images must be in reach of the cluster: see docs/kubernetes.md.

--kubeconfig F   of a user who may make namespaces
--namespace N    clipscribe-e2e when absent; made where it is missing, enforcing Pod Security "restricted"
--release R      clipscribe when absent
--installed      runs on the release that is there, which stays; nothing is installed, upgraded or removed
--keep           does not uninstall at the end
--values, --set  go to helm, for images and the like
`;

/** The command was given wrongly; the message is one line. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/** @returns null when only help was asked for. @throws ArgumentError naming what is wrong */
export function readArguments(args: readonly string[], folder: string): ClusterArguments | null {
  const { values, tokens } = parse(args);
  if (values.help === true) return null;
  if (values.kubeconfig === undefined) throw new ArgumentError('--kubeconfig is missing; see --help');
  const forHelm = tokens.flatMap((token) => {
    if (token.kind !== 'option' || token.value === undefined) return [];
    if (token.name === 'set') return ['--set', token.value];
    return token.name === 'values' ? ['--values', absolute(folder, token.value)] : [];
  });
  return {
    kubeconfig: absolute(folder, values.kubeconfig),
    namespace: values.namespace ?? 'clipscribe-e2e',
    release: values.release ?? 'clipscribe',
    isInstalled: values.installed === true,
    isKept: values.keep === true,
    values: forHelm,
    helm: values.helm ?? 'helm',
    kubectl: values.kubectl ?? 'kubectl',
  };
}

function absolute(folder: string, path: string): string {
  return isAbsolute(path) ? path : resolve(folder, path);
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      tokens: true,
      options: {
        ...{ help: { ...flag, short: 'h' }, installed: flag, keep: flag },
        ...{ kubeconfig: text, namespace: text, release: text, helm: text, kubectl: text },
        ...{ values: { ...text, multiple: true }, set: { ...text, multiple: true } },
      },
    });
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : String(error));
  }
}
