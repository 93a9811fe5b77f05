import { queueNames, visibleStates } from '@clipscribe/contracts';
import { fileKinds } from '@clipscribe/file-store';

/** `during`: after some bytes of a stream, or at the first progress. */
const moments = ['before', 'during', 'after'] as const;
export type Moment = (typeof moments)[number];

interface Method {
  moments: readonly Moment[];
  /** What tells calls of this method apart; absent where all are alike. */
  kinds?: readonly string[] | RegExp;
}

const around = ['before', 'after'] as const;

/**
 * All points at which a service can be made to kill itself, by port and method. Two methods are not those of a port:
 * `queue.handle` is a delivery, `after` which its handler has ended and its ack is yet to be sent; `http.answer` is the
 * end of an answer, by its status.
 */
export const failpoints = {
  files: {
    write: { moments, kinds: fileKinds },
    copyTo: { moments },
    delete: { moments: around },
  },
  jobs: {
    openIntent: { moments: around },
    accept: { moments: around },
    replace: { moments: around, kinds: [...visibleStates, 'deleting', 'deleted'] },
  },
  queue: {
    publish: { moments: around, kinds: queueNames },
    handle: { moments: around, kinds: queueNames },
  },
  media: {
    toMp3: { moments },
    toSpeech: { moments },
    cutSpeech: { moments: around },
  },
  speech: { transcribe: { moments: around } },
  mail: { send: { moments: around } },
  http: { answer: { moments: ['before'], kinds: /^[1-5]\d\d$/ } },
} as const satisfies Record<string, Record<string, Method>>;

export type Port = keyof typeof failpoints;

export interface Stage {
  /** As it was written. */
  text: string;
  port: Port;
  method: string;
  moment: Moment;
  kind: string | undefined;
  /** The how manieth such moment, from 1. */
  nth: number;
}

/** Thrown for a stage that could never be reached. */
export class StageError extends Error {
  override readonly name = 'StageError';
  readonly code = 'UNKNOWN_STAGE';
}

/**
 * Reads FAIL_AT: `<port>.<method>:<before|during|after>[@kind][#n]`, or several of these with `+` between them. Of
 * several, those that are reached first are held there until the last one is, which kills.
 * @throws StageError for anything else
 */
export function parseStages(text: string): Stage[] {
  return text.split('+').map(parseStage);
}

function parseStage(text: string): Stage {
  const found = /^(\w+)\.(\w+):(\w+)(?:@([\w-]+))?(?:#([1-9]\d*))?$/.exec(text);
  if (found === null) throw new StageError(`"${text}" is not <port>.<method>:<moment>[@kind][#n]`);
  const [, port = '', method = '', moment = '', kind, nth = '1'] = found;
  const known = own(own(failpoints, port, text), method, text) as Method; // as declared above
  if (!isMoment(moment) || !known.moments.includes(moment))
    throw new StageError(`"${text}": it is ${known.moments.join(' or ')}, not "${moment}"`);
  if (kind !== undefined && !isKind(known, kind))
    throw new StageError(`"${text}": there is no kind "${kind}"`);
  return { text, port: port as Port, method, moment, kind, nth: Number(nth) }; // looked up above
}

/** A property of the object itself. @throws StageError */
function own(object: object, name: string, text: string): object {
  if (!Object.hasOwn(object, name))
    throw new StageError(`"${text}": "${name}" is none of ${Object.keys(object).join(', ')}`);
  return Reflect.get(object, name) as object; // ports and methods are objects
}

function isMoment(text: string): text is Moment {
  return (moments as readonly string[]).includes(text);
}

function isKind({ kinds }: Method, kind: string): boolean {
  return kinds instanceof RegExp ? kinds.test(kind) : (kinds?.includes(kind) ?? false);
}
