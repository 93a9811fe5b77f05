import { runCommand, type Output } from './run-command.ts';
import type { ClusterArguments } from './arguments.ts';

/** The parts of Kubernetes' objects that are looked at here. */
export interface Pod {
  metadata: { name: string; uid: string; labels?: Record<string, string>; deletionTimestamp?: string };
  status: {
    phase?: string;
    reason?: string;
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  state?: { waiting?: { reason?: string; message?: string }; running?: object };
}

export interface Deployment {
  metadata: { name: string; labels?: Record<string, string> };
  spec: { replicas?: number };
  status: { readyReplicas?: number; observedGeneration?: number };
}

interface Named {
  metadata: { name: string };
}

const COMPONENT = 'app.kubernetes.io/component';

/** kubectl and helm on one release in one namespace. Remembers what they warned of. */
export class Cluster {
  readonly namespace: string;
  readonly release: string;
  /** Warnings of the API server, such as those of Pod Security. */
  readonly warnings = new Set<string>();
  readonly #args: ClusterArguments;

  constructor(args: ClusterArguments, place: { namespace?: string; release?: string } = {}) {
    this.#args = args;
    this.namespace = place.namespace ?? args.namespace;
    this.release = place.release ?? args.release;
  }

  get kubectlCommand(): string {
    return this.#args.kubectl;
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, KUBECONFIG: this.#args.kubeconfig };
  }

  /** Selects all that the release made. */
  get selector(): string {
    return `app.kubernetes.io/instance=${this.release}`;
  }

  async kubectl(
    args: readonly string[],
    options: { input?: string; timeoutMs?: number } = {},
  ): Promise<string> {
    const all = ['--namespace', this.namespace, ...args];
    return this.#noted(await runCommand(this.#args.kubectl, all, { ...options, env: this.env }));
  }

  async helm(args: readonly string[]): Promise<string> {
    const all = [...args, '--namespace', this.namespace];
    return this.#noted(await runCommand(this.#args.helm, all, { env: this.env }));
  }

  /** `helm install` or `helm upgrade` with the values that were given for this run, and these. */
  async deploy(verb: 'install' | 'upgrade', chart: string, set: readonly string[] = []): Promise<void> {
    const own = set.flatMap((value) => ['--set', value]);
    await this.helm([verb, this.release, chart, ...this.#args.values, ...own]);
  }

  async list<T>(kind: string, selector: string = this.selector): Promise<T[]> {
    const answer = await this.kubectl(['get', kind, '--selector', selector, '--output', 'json']);
    return (JSON.parse(answer) as { items: T[] }).items; // kubectl's documented form
  }

  /** Pods that are not on their way out, by component. */
  async pods(component?: string): Promise<Pod[]> {
    const selector = component === undefined ? this.selector : `${this.selector},${COMPONENT}=${component}`;
    const pods = await this.list<Pod>('pods', selector);
    return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** A Deployment of the release by its component. */
  async deployment(component: string): Promise<Deployment> {
    const [found] = await this.list<Deployment>('deployments', `${this.selector},${COMPONENT}=${component}`);
    if (found === undefined) throw new Error(`the release has no deployment of ${component}`);
    return found;
  }

  async service(component: string): Promise<string> {
    const [found] = await this.list<Named>('services', `${this.selector},${COMPONENT}=${component}`);
    if (found === undefined) throw new Error(`the release has no service of ${component}`);
    return found.metadata.name;
  }

  /** One entry of a secret, as text. */
  async secret(name: string, key: string): Promise<string> {
    const answer = await this.kubectl(['get', 'secret', name, '--output', 'json']);
    const { data = {} } = JSON.parse(answer) as { data?: Record<string, string> }; // kubectl's documented form
    const value = data[key];
    if (value === undefined) throw new Error(`secret ${name} has no ${key}`);
    return Buffer.from(value, 'base64').toString();
  }

  /** Waits for a rollout to end. */
  async rolledOut(object: string, seconds = 180): Promise<void> {
    await this.kubectl(['rollout', 'status', object, `--timeout=${String(seconds)}s`]);
  }

  /** Until all that the release made is ready. */
  async ready(seconds = 180): Promise<void> {
    for (const kind of ['deployments', 'statefulsets']) {
      for (const { metadata } of await this.list<Deployment>(kind)) {
        await this.rolledOut(`${kind.slice(0, -1)}/${metadata.name}`, seconds);
      }
    }
  }

  #noted({ stdout, stderr }: Output): string {
    for (const [, warning] of stderr.matchAll(/^Warning: (.*)$/gm)) this.warnings.add(warning ?? '');
    for (const [, warning] of stderr.matchAll(/(would violate PodSecurity.*)$/gm))
      this.warnings.add(warning ?? '');
    return stdout;
  }
}

export function componentOf({ metadata }: { metadata: { labels?: Record<string, string> } }): string {
  return metadata.labels?.[COMPONENT] ?? '';
}
