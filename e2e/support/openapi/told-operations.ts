import type { JsonObject } from '@clipscribe/gateway/testing';
import { newId } from '@clipscribe/contracts';

export interface ToldOperation {
  id: string;
  /** `METHOD /path` with made-up values in the place of parameters. */
  route: string;
  /** The path as the document has it. */
  template: string;
  needsToken: boolean;
  /** Statuses of good answers that are not told of by a header alone. */
  good: number[];
}

interface Operation {
  operationId: string;
  security: Record<string, unknown>[];
  responses: Record<string, unknown>;
}

/** What a document tells of, to be asked for without knowing more of it. */
export function toldOperations(document: JsonObject): ToldOperation[] {
  const paths = document['paths'] as unknown as Record<string, Record<string, Operation>>; // the form of OpenAPI
  return Object.entries(paths).flatMap(([template, item]) =>
    Object.entries(item).map(([method, { operationId, security, responses }]) => ({
      id: operationId,
      route: `${method.toUpperCase()} ${template.replace(/\{\w+\}/g, () => newId())}`,
      template,
      needsToken: security.length > 0 && security.every((one) => 'token' in one || 'mediaCookie' in one),
      good: Object.keys(responses)
        .map(Number)
        .filter((status) => status < 300),
    })),
  );
}
