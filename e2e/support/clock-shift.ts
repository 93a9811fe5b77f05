/** Loaded into a process (`node --import …`), it sets that process's clock wrong by CLOCK_SHIFT_MS. */
import { ConfigError } from '@clipscribe/runtime';

const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
if (!Number.isFinite(shiftMs) || shiftMs === 0)
  throw new ConfigError('CLOCK_SHIFT_MS must be a number other than 0');

const RightDate = Date;
const wrongNow = (): number => RightDate.now() + shiftMs;

/** Asked for the time it tells the wrong one; dates that are given stay what they are. */
globalThis.Date = new Proxy(RightDate, {
  construct: (target, given: unknown[], newTarget) =>
    Reflect.construct(target, given.length === 0 ? [wrongNow()] : given, newTarget) as Date, // made by Date
  get: (target, name) => (name === 'now' ? wrongNow : (Reflect.get(target, name) as unknown)),
});
