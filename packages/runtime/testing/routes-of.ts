import type { Express } from 'express';

/** What express keeps for each `use` and each route. It has no public list of them. */
interface Layer {
  /** Mounted at the root. */
  slash: boolean;
  match: (path: string) => boolean;
  route?: { path: string | string[]; methods: Record<string, boolean | undefined> };
  handle: { stack?: Layer[] };
}

/** Where handlers without a method of their own stand besides the root. They only prepare the answers of routes. */
const PREPARED_PATH = '/uploads';

/**
 * `METHOD /path` of every route that an app has, as express itself knows them. `HEAD` is listed where it has a handler of
 * its own; express answers it at every `GET`.
 * @throws Error for handlers at a path that are no routes, since nobody could say what they serve
 */
export function routesOf(app: Express): string[] {
  return layersOf(app.router as unknown as { stack: Layer[] }); // express's own router, which has a stack
}

function layersOf({ stack = [] }: { stack?: Layer[] }): string[] {
  return stack.flatMap((layer) => {
    if (layer.route !== undefined) return methodsOf(layer.route);
    if (!layer.slash && !(layer.handle.stack === undefined && layer.match(PREPARED_PATH))) {
      throw new Error('something is mounted at a path that is no route');
    }
    return layersOf(layer.handle);
  });
}

/** `all` refuses methods; what serves has its methods by name. */
function methodsOf({ path, methods }: NonNullable<Layer['route']>): string[] {
  const served = Object.keys(methods).filter((method) => method !== '_all');
  return [path].flat().flatMap((one) => served.map((method) => `${method.toUpperCase()} ${one}`));
}
