import { cannotWrite, CliError } from './errors.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { runCli } from './run-command-line.ts';
import { Output } from './screen/output.ts';
import { Screen } from './screen/screen.ts';

const ends: Partial<Record<NodeJS.Signals, ExitCode>> = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hungUp,
};

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read our output has seen enough, as in `… | head`.
  if (error.code === 'EPIPE') process.exit();
  const options = { json: process.argv.includes('--json'), quiet: false };
  new Output(new Screen(process.stdout, process.stderr), options).error(
    cannotWrite('standard output', error),
  );
  process.exit(exitCodes.failed);
});
// Nobody hears what is said any more; the work is done all the same.
process.stderr.on('error', () => undefined);

// Of whoever started us on another Node: when it is killed, there is nobody left to work for.
process.once('disconnect', () => process.exit(exitCodes.terminated));
process.channel?.unref();

const controller = new AbortController();
for (const [signal, exitCode] of Object.entries(ends)) {
  process.on(signal, () => {
    // The second one does not wait for anything.
    if (controller.signal.aborted) process.exit(exitCode);
    const detail = 'stopped; the same command goes on with what is not finished';
    controller.abort(new CliError('INTERRUPTED', detail, { exitCode }));
  });
}

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  platform: process.platform,
  nodeVersion: process.versions.node,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
});
