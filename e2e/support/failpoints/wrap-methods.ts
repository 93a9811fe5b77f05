import { statSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Plan } from './plan.ts';
import type { Port } from './stages.ts';

/** So many bytes of a stream are let through, or all but its end if there are fewer. More than one chunk of GridFS. */
const LET_THROUGH_BYTES = 1.05 * 2 ** 20;

type Call = (...args: unknown[]) => unknown;

export interface Wrapping {
  port: Port;
  method: string;
  /** Tells calls apart, by their arguments. */
  kindOf?: (args: readonly unknown[]) => string;
  /** The arguments with something in them that notices when the work has begun. */
  watched?: (args: unknown[], reach: () => void) => unknown[];
}

/** Puts the plan around a method of a class that returns a promise. */
export function wrapMethod(plan: Plan, prototype: object, { port, method, kindOf, watched }: Wrapping): void {
  const original = methodOf(prototype, method);
  async function wrapped(this: unknown, ...args: unknown[]): Promise<unknown> {
    const point = { port, method, kind: kindOf?.(args) };
    await plan.pass({ ...point, moment: 'before' });
    const during = { ...point, moment: 'during' } as const;
    const given =
      watched !== undefined && plan.awaits(during) ? watched(args, () => plan.reach(during)) : args;
    const result = await original.apply(this, given);
    await plan.pass({ ...point, moment: 'after' });
    return result;
  }
  Object.defineProperty(prototype, method, { value: wrapped, configurable: true, writable: true });
}

/** The content of `write(meta, content)`, of which only a part comes through. */
export function watchContent([meta, content, ...rest]: unknown[], reach: () => void): unknown[] {
  return [meta, Readable.from(cutOff(content as Readable, reach), { objectMode: false }), ...rest]; // by its port
}

async function* cutOff(content: Readable, reach: () => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    yield chunk;
    bytes += chunk.length;
    if (bytes >= LET_THROUGH_BYTES) reach();
  }
  reach();
}

/** The path of `copyTo(id, path)`, until something is there. */
export function watchPath(args: unknown[], reach: () => void): unknown[] {
  const path = String(args[1]);
  const look = (): void => {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) reach();
    else setImmediate(look);
  };
  look();
  return args;
}

/** `onProgress` of a request to the media tools. */
export function watchProgress([request, ...rest]: unknown[], reach: () => void): unknown[] {
  const { onProgress, ...given } = request as { onProgress?: (share: number) => void }; // by its port
  const watching = (share: number): void => {
    if (share > 0) reach();
    onProgress?.(share);
  };
  return [{ ...given, onProgress: watching }, ...rest];
}

/** The handlers that `consume(queue, options, handler)` is given. */
export function wrapHandlers(plan: Plan, prototype: object): void {
  const original = methodOf(prototype, 'consume');
  function consume(this: unknown, queue: unknown, options: unknown, handler: unknown): unknown {
    const point = { port: 'queue', method: 'handle', kind: String(queue) } as const;
    const wrapped = async (delivery: unknown): Promise<unknown> => {
      await plan.pass({ ...point, moment: 'before' });
      const outcome = await (handler as Call)(delivery); // by its port
      await plan.pass({ ...point, moment: 'after' });
      return outcome;
    };
    return original.call(this, queue, options, wrapped);
  }
  Object.defineProperty(prototype, 'consume', { value: consume, configurable: true, writable: true });
}

/** The ends of all answers over HTTP. */
export function wrapAnswers(plan: Plan): void {
  const { prototype } = ServerResponse;
  const original = methodOf(prototype, 'end');
  function end(this: ServerResponse, ...args: unknown[]): unknown {
    const kind = String(this.statusCode);
    if (plan.reach({ port: 'http', method: 'answer', moment: 'before', kind })) return this;
    return original.apply(this, args);
  }
  Object.defineProperty(prototype, 'end', { value: end, configurable: true, writable: true });
}

function methodOf(prototype: object, name: string): Call {
  const method: unknown = Reflect.get(prototype, name);
  if (typeof method !== 'function')
    throw new TypeError(`there is no method ${name} to put a failpoint around`);
  return method as Call; // a function
}
