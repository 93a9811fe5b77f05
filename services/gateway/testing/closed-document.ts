/** What JSON consists of. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export type JsonObject = Record<string, Json>;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: Json | undefined, name: string): JsonObject {
  const inner = isObject(value) ? value[name] : undefined;
  return isObject(inner) ? inner : {};
}

/**
 * The document with every object of its schemas closed: fields that it does not tell of are mistakes. For clients they
 * are not, which is why the document itself leaves them open.
 */
export function closedDocument(document: JsonObject): JsonObject {
  return closed(document) as JsonObject; // an object stays one
}

function closed(value: Json): Json {
  if (Array.isArray(value)) return value.map(closed);
  if (!isObject(value)) return value;
  // What is shown as an example may look like a schema, and is none.
  const inner = Object.entries(value).map(([name, part]) => [
    name,
    isExample(name, part) ? part : closed(part),
  ]);
  const isClosed =
    value['type'] === 'object' && isObject(value['properties']) && !('additionalProperties' in value);
  return {
    ...(Object.fromEntries(inner) as JsonObject),
    ...(isClosed ? { additionalProperties: false } : {}),
  };
}

function isExample(name: string, part: Json): boolean {
  return name === 'example' || (name === 'examples' && Array.isArray(part)) || name === 'value';
}
