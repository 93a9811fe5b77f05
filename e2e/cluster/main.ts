import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { JobView } from '@clipscribe/contracts';
import { filePart } from '../support/client.ts';
import { ArgumentError, HELP, readArguments, type ClusterArguments } from './arguments.ts';
import { Cluster, componentOf } from './cluster.ts';
import { PortForward } from './port-forward.ts';
import type { Run } from './run.ts';
import { Session } from './session.ts';
import { Steps } from './steps.ts';
import { misspeltValue, missingSecret, wrongCredentials } from './steps/bad-input.ts';
import { expectNoWarnings, makeNamespace } from './steps/install.ts';
import { checkMails } from './steps/mails.ts';
import { checkAudio, checkTranscript } from './steps/mission.ts';
import { deletePods } from './steps/pod-deletions.ts';
import { rollOut } from './steps/rollouts.ts';
import { scaleSurvivesUpgrade, scaleUnderLoad } from './steps/scaling.ts';
import { uninstall } from './steps/uninstall.ts';

const FIRST_MP3_SECONDS = 90;

const root = fileURLToPath(new URL('../../', import.meta.url));
const chart = `${root}charts/clipscribe`;
const sample = `${root}samples/hello.mp4`;

/** Ids of all jobs so far, for the mails. */
type Book = string[];

async function main(args: ClusterArguments): Promise<boolean> {
  const cluster = new Cluster(args);
  const steps = new Steps(cluster);
  const begun = await begin(args, cluster, steps);
  if (begun !== undefined) {
    const { run, job } = begun;
    try {
      await rehearse(run, job, steps, args);
    } finally {
      await run.gateway.close();
    }
  }
  if (!args.isInstalled && !args.isKept) await steps.run('helm uninstall', () => uninstall(cluster));
  console.log(`\n${String(steps.passed)} passed, ${String(steps.failed)} failed`);
  return steps.failed === 0;
}

/** From nothing to the first finished job; undefined when that failed. */
async function begin(
  args: ClusterArguments,
  cluster: Cluster,
  steps: Steps,
): Promise<{ run: Run; job: JobView } | undefined> {
  let run: Run | undefined;
  let job: JobView | undefined;
  const startedAt = performance.now();
  if (!args.isInstalled) {
    const isInstalled = await steps.run('helm install', async () => {
      await makeNamespace(cluster);
      await cluster.deploy('install', chart, ['mailpit.enabled=true']);
      return undefined;
    });
    if (!isInstalled) return undefined;
  }
  await steps.run('the first MP3 through the Service', async () => {
    const gateway = await PortForward.open(cluster, await cluster.service('gateway'));
    const { name, key, email } = await adminOf(cluster);
    const session = await Session.login(gateway.url, email, await cluster.secret(name, key), 300_000);
    const spoken = await readFile(`${root}samples/hello.txt`, 'utf8');
    run = { cluster, chart, session, gateway, sample: () => filePart(sample), spoken, fingerprint: '' };
    const id = await session.upload(await run.sample());
    job = await session.until(id, ({ audio }) => audio.state === 'done');
    await session.bytes(`/jobs/${id}/audio`);
    const seconds = (performance.now() - startedAt) / 1000;
    if (!args.isInstalled && seconds > FIRST_MP3_SECONDS)
      throw new Error(`${seconds.toFixed(1)} s after helm install instead of ${String(FIRST_MP3_SECONDS)}`);
    return `${seconds.toFixed(1)} s after the start`;
  });
  return run === undefined || job === undefined ? undefined : { run, job };
}

/** Where the release keeps the first administrator's password. */
async function adminOf(cluster: Cluster): Promise<{ name: string; key: string; email: string }> {
  const { metadata } = await cluster.deployment('auth');
  const email = (
    await cluster.kubectl([
      ...['get', 'configmap', metadata.name],
      ...['--output', 'jsonpath={.data.ADMIN_EMAIL}'],
    ])
  ).trim();
  return { name: metadata.name, key: 'ADMIN_PASSWORD', email };
}

async function rehearse(run: Run, first: JobView, steps: Steps, args: ClusterArguments): Promise<void> {
  const { cluster, session } = run;
  const book: Book = [first.id];
  const noting = (step: () => Promise<{ figures: string; ids: string[] }>) => async (): Promise<string> => {
    const { figures, ids } = await step();
    book.push(...ids);
    return figures;
  };
  let job = first;
  await steps.run('the job ends', async () => {
    job = await session.ended(first.id);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job));
    run.fingerprint = await session.fingerprint(job.id);
    return undefined;
  });
  await steps.run('transcript', () => checkTranscript(run, job));
  await steps.run('MP3', () => checkAudio(run, job));
  await steps.run(
    'converter 1 → 3 → 1 under load',
    noting(() => scaleUnderLoad(run)),
  );
  for (const component of await servicesOf(cluster))
    await steps.run(
      `${component} rolled out under load`,
      noting(() => rollOut(run, component)),
    );
  for (const component of await podsToDelete(cluster))
    await steps.run(
      `${component} deleted in the middle of jobs`,
      noting(() => deletePods(run, component)),
    );
  if (!args.isInstalled) {
    await steps.run('kubectl scale survives helm upgrade', () => scaleSurvivesUpgrade(run));
    await steps.run('helm test', async () => {
      await cluster.helm(['test', cluster.release]);
      return undefined;
    });
  }
  if ((await cluster.pods('mailpit')).length > 0) await steps.run('mails', () => checkMails(run, book));
  if (!args.isInstalled) await tryBadInput(run, steps, args);
  await steps.run('no warning of Pod Security', () => expectNoWarnings(cluster));
}

async function tryBadInput(run: Run, steps: Steps, args: ClusterArguments): Promise<void> {
  await steps.run('wrong credentials', () => wrongCredentials(run));
  await steps.run('a misspelt value', () => misspeltValue(run));
  const other = new Cluster(args, { namespace: `${args.namespace}-bad`, release: 'wrong' });
  await makeNamespace(other);
  await steps.run('a missing secret', () => missingSecret(other, chart), other);
  await steps.run('uninstalling that', () => uninstall(other), other);
  await other.kubectl(['delete', 'namespace', other.namespace, '--wait=false']);
}

async function servicesOf(cluster: Cluster): Promise<string[]> {
  const deployments = await cluster.list<{ metadata: { labels?: Record<string, string> } }>('deployments');
  return deployments
    .map(componentOf)
    .filter((component) => component !== 'mailpit')
    .sort();
}

/** All but Mailpit, which keeps its mails in its pod. */
async function podsToDelete(cluster: Cluster): Promise<string[]> {
  const components = new Set((await cluster.pods()).map(componentOf));
  components.delete('mailpit');
  return [...components].sort();
}

// What was started beside this is ended on the way out.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  const args = readArguments(process.argv.slice(2), process.cwd());
  if (args === null) console.log(HELP);
  else process.exitCode = (await main(args)) ? 0 : 1;
} catch (error) {
  const isUsage = error instanceof ArgumentError;
  console.error(`clipscribe e2e: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = isUsage ? 2 : 1;
}
