import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { closedDocument, type JsonObject } from './closed-document.ts';

const DOCUMENT = 'openapi.json';

/** Judges values by the schemas of a document, as they stand in it. */
export class SchemaChecks {
  readonly #ajv: Ajv2020;
  readonly #known = new Map<string, ValidateFunction>();

  constructor(document: JsonObject) {
    this.#ajv = new Ajv2020({ strict: false, allErrors: true });
    // The package is CommonJS, whose default is the module itself for some loaders.
    (addFormats as unknown as { default: (ajv: Ajv2020) => void }).default(this.#ajv);
    this.#ajv.addKeyword({
      keyword: 'x-known-values',
      validate: (known: readonly unknown[], value: unknown) => known.includes(value),
    });
    this.#ajv.addSchema(closedDocument(document), DOCUMENT);
  }

  /** What is wrong with a value by the schema at this place in the document, such as `['components', 'schemas', 'Job']`. */
  problemsOf(place: readonly string[], value: unknown): string[] {
    const pointer = place
      .map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const check = this.#known.get(pointer) ?? this.#ajv.compile({ $ref: `${DOCUMENT}#/${pointer}` });
    this.#known.set(pointer, check);
    if (check(value)) return [];
    return (check.errors ?? []).map(
      ({ instancePath, message = '', params }) =>
        `${instancePath || 'it'} ${message} ${JSON.stringify(params)}`,
    );
  }
}
