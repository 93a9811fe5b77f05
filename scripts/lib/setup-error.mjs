/** Something that has to be mended by a person before clipscribe can run; the message is one line. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** Runs a program's main function. A SetupError is told in one line, with exit code 1. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`clipscribe: ${error.message}`);
    process.exitCode = 1;
  }
}
