import { once } from 'node:events';
import { freePort } from '../src/free-port.ts';

/** Prints as many free ports as it is told, as JSON, and keeps them until its standard input ends. */
const ports: number[] = [];
for (let count = 0; count < Number(process.argv[2]); count += 1) ports.push(await freePort());
process.stdout.write(`${JSON.stringify(ports)}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
