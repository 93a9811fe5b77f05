import { CliError } from './errors.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { runCli } from './run-command-line.ts';

const ends: Partial<Record<NodeJS.Signals, ExitCode>> = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hungUp,
};

/** Whoever read our output has seen enough, as in `… | head`. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

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
