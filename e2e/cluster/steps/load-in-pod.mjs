/** Runs inside of a pod: see steady-load.ts. Ends when its standard input does, and prints one line of JSON. */
const { LOAD_URL: url, LOAD_TOKEN: token, LOAD_LEAST: least } = process.env;
const EACH_MS = 25;
const TIMEOUT_MS = 10_000;

let isOver = false;
process.stdin.resume().once('end', () => {
  isOver = true;
});

const result = { sent: 0, failed: 0, failures: [], slowestMs: 0 };
const pending = new Set();

/** A bad token that nobody has seen before, so that auth is asked. */
const unknownToken = () => `${token.slice(0, -12)}${Math.random().toString(36).padEnd(14, '0').slice(2, 14)}`;

async function ask(isGood) {
  const startedAt = performance.now();
  result.sent += 1;
  try {
    const answer = await fetch(`${url}/jobs?limit=1`, {
      headers: { authorization: `Bearer ${isGood ? token : unknownToken()}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.arrayBuffer();
    if (answer.status !== (isGood ? 200 : 401)) throw new Error(`answered ${answer.status}`);
  } catch (error) {
    result.failed += 1;
    const at = new Date().toISOString();
    if (result.failures.length < 10)
      result.failures.push(`${at} ${isGood ? 'good' : 'bad'} ${error.message} ${error.cause?.code ?? ''}`);
  }
  result.slowestMs = Math.max(result.slowestMs, Math.round(performance.now() - startedAt));
}

while (!isOver || result.sent < Number(least)) {
  const asking = ask(result.sent % 2 === 0).finally(() => pending.delete(asking));
  pending.add(asking);
  await new Promise((resolve) => setTimeout(resolve, EACH_MS));
}
await Promise.all(pending);
console.log(JSON.stringify(result));
