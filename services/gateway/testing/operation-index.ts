import { isObject, objectAt, type JsonObject } from './closed-document.ts';

/** The steps to something in a document. */
export type Place = readonly string[];

/** What a document tells of one operation. */
export interface Told {
  method: string;
  /** The path as it is written. */
  exact: RegExp;
  /** As express may take it: in any case, and with a slash at the end. */
  loose: RegExp;
  /** Paths without parameters come before those with. */
  parameters: number;
  place: Place;
  operation: JsonObject;
}

/** Finds what a document tells of a request. */
export class OperationIndex {
  readonly all: readonly Told[];

  constructor(paths: JsonObject) {
    this.all = Object.entries(paths)
      .flatMap(([path, item]) => (isObject(item) ? operationsOf(path, item) : []))
      .sort((one, other) => one.parameters - other.parameters);
  }

  /** The operation, or how a request is refused for which there is none. */
  find(method: string, path: string): Told | 'NOT_FOUND' | 'METHOD_NOT_ALLOWED' {
    const bare = bareOf(path);
    const here = this.all.filter(({ loose }) => loose.test(bare));
    const found = here.find((each) => each.method === method.toUpperCase());
    return found ?? (here.length === 0 ? 'NOT_FOUND' : 'METHOD_NOT_ALLOWED');
  }
}

/** The path alone, of what may name a host before it and a query behind it. */
export function bareOf(path: string): string {
  return path.replace(/^https?:\/\/[^/]*/i, '').replace(/\?.*$/s, '');
}

function operationsOf(path: string, item: JsonObject): Told[] {
  const literal = path.split(/\{\w+\}/).map((piece) => piece.replace(/[.*+?^$|()[\]\\]/g, '\\$&'));
  const exact = new RegExp(`^${literal.join('[^/]+')}$`);
  const loose = new RegExp(`^${literal.join('[^/]+')}/?$`, 'i');
  return Object.keys(item).map((method) => ({
    ...{ method: method.toUpperCase(), exact, loose, parameters: literal.length - 1 },
    place: ['paths', path, method],
    operation: objectAt(item, method),
  }));
}
