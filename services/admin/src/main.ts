import { BcryptHasher } from '@clipscribe/auth/hasher';
import { runAdmin } from './run-admin.ts';

/** Whoever read our output has seen enough, as in `… | head`. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runAdmin(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  createHasher: (cost) => BcryptHasher.create({ cost }),
});
