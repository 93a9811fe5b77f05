import { isObject, objectAt, type Json, type JsonObject } from './closed-document.ts';
import { bareOf, OperationIndex, type Place } from './operation-index.ts';
import { SchemaChecks } from './schema-checks.ts';

export interface AskedAndAnswered {
  method: string;
  /** With or without a query. */
  path: string;
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | number | undefined>>;
  body: Buffer;
}

/** Holds real answers against an OpenAPI document: a status, a content type, a header or a field that it does not tell of is a mistake. */
export class AnswerChecker {
  readonly #document: JsonObject;
  readonly #operations: OperationIndex;
  readonly #schemas: SchemaChecks;
  readonly #seen = new Set<string>();

  constructor(document: JsonObject) {
    this.#document = document;
    this.#operations = new OperationIndex(objectAt(document, 'paths'));
    this.#schemas = new SchemaChecks(document);
  }

  /** `operationId status` of what was checked so far. */
  get seen(): ReadonlySet<string> {
    return this.#seen;
  }

  /** `operationId status` of all that the document tells of. */
  get told(): string[] {
    return this.#operations.all.flatMap(({ operation }) =>
      Object.keys(objectAt(operation, 'responses')).map((status) => `${idOf(operation)} ${status}`),
    );
  }

  /** What of this answer the document does not tell; empty when it is as told. */
  check(answer: AskedAndAnswered): string[] {
    const found = this.#operations.find(answer.method, answer.path);
    if (typeof found === 'string') return this.#checkRefusal(found, answer);
    // Some routes take their paths only as they are written.
    if (answer.status === 404 && !found.exact.test(bareOf(answer.path)))
      return this.#checkRefusal('NOT_FOUND', answer);
    const status = String(answer.status);
    const told = objectAt(found.operation, 'responses')[status];
    if (!isObject(told)) return [`status ${status} is not told of`];
    this.#seen.add(`${idOf(found.operation)} ${status}`);
    const place = placeOf(told) ?? [...found.place, 'responses', status];
    const response = this.#at(place);
    return [
      ...this.#checkHeaders([...place, 'headers'], objectAt(response, 'headers'), answer),
      ...(answer.method === 'HEAD'
        ? []
        : this.#checkBody([...place, 'content'], objectAt(response, 'content'), answer)),
    ];
  }

  /** No operation: the document says in its description how that is answered. */
  #checkRefusal(code: 'NOT_FOUND' | 'METHOD_NOT_ALLOWED', answer: AskedAndAnswered): string[] {
    const status = code === 'NOT_FOUND' ? 404 : 405;
    // Malformed paths are no paths.
    if (answer.status !== status && answer.status !== 400)
      return [`status ${answer.status} of what is not told of`];
    if (answer.method === 'HEAD') return [];
    return this.#schemas.problemsOf(['components', 'schemas', 'Problem'], parsed(answer.body));
  }

  #checkHeaders(place: Place, told: JsonObject, { headers }: AskedAndAnswered): string[] {
    return Object.keys(told).flatMap((name) => {
      const value = headers[name.toLowerCase()];
      if (value === undefined)
        return objectAt(told, name)['required'] === true ? [`header ${name} is missing`] : [];
      const schema = objectAt(objectAt(told, name), 'schema');
      const text = String(value);
      const typed = schema['type'] === 'integer' ? Number(text) : text;
      return this.#schemas
        .problemsOf([...place, name, 'schema'], typed)
        .map((problem) => `header ${name}: ${problem}`);
    });
  }

  #checkBody(place: Place, told: JsonObject, { status, headers, body }: AskedAndAnswered): string[] {
    const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
    if (Object.keys(told).length === 0)
      return body.length === 0 && (type === '' || status === 304) ? [] : [`a body (${type}) is not told of`];
    if (!(type in told)) return [`content type "${type}" is not told of`];
    const at = [...place, type, 'schema'];
    if (type === 'text/event-stream')
      return this.#checkEvents([...place, type, 'x-events'], objectAt(told, type), body);
    if (headers['content-encoding'] !== undefined) return [];
    return this.#schemas.problemsOf(
      at,
      /[/+]json$/.test(type) && status !== 206 ? parsed(body) : body.toString(),
    );
  }

  #checkEvents(place: Place, media: JsonObject, body: Buffer): string[] {
    const told = objectAt(media, 'x-events');
    const events = [...body.toString().matchAll(/^event: (.*)\ndata: (.*)\n\n/gm)];
    return events.flatMap(([, name = '', data = '']) =>
      name in told
        ? this.#schemas.problemsOf([...place, name], parsed(data))
        : [`event "${name}" is not told of`],
    );
  }

  #at(place: Place): JsonObject {
    return place.reduce<JsonObject>((value, name) => objectAt(value, name), this.#document);
  }
}

function idOf({ operationId }: JsonObject): string {
  return typeof operationId === 'string' ? operationId : '';
}

/** Where a `$ref` leads within the document; undefined for what is none. */
function placeOf({ $ref }: JsonObject): string[] | undefined {
  return typeof $ref === 'string' ? $ref.slice('#/'.length).split('/') : undefined;
}

function parsed(body: Buffer | string): Json | undefined {
  try {
    return JSON.parse(body.toString()) as Json;
  } catch {
    return undefined;
  }
}
