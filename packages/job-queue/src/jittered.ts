/** A pause of half to all of `ms`, so that those who lost something together do not all come back at the same moment. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}
