/** A real port (store or queue) with faults in place of some of its methods. */
export function withFaults<Port extends object>(port: Port, faults: Partial<Port>): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(name in faults ? faults : target, name);
      // Adapters have private fields, which only the adapter itself can reach.
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
