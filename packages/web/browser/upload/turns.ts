/** Uploads at a time: a browser has six connections to one host, and the rest of the page needs some. */
const AT_ONCE = 2;

const waiting: (() => void)[] = [];
let running = 0;

/** Calls `begin` when it is its turn. @returns the function that ends the turn, or leaves the queue; once is enough */
export function takeTurn(begin: () => void): () => void {
  let state: 'waiting' | 'running' | 'over' = 'waiting';
  const run = (): void => {
    state = 'running';
    running += 1;
    begin();
  };
  waiting.push(run);
  next();
  return () => {
    if (state === 'waiting') waiting.splice(waiting.indexOf(run), 1);
    if (state === 'running') running -= 1;
    state = 'over';
    next();
  };
}

function next(): void {
  while (running < AT_ONCE) {
    const run = waiting.shift();
    if (run === undefined) return;
    run();
  }
}
