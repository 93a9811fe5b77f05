import { webhookPayloadSchema } from '@clipscribe/contracts';
import { createDocument, type oas31, type ZodOpenApiOverride } from 'zod-openapi';
import { description } from './description.ts';
import { examplePayload } from './examples.ts';
import { operationsOf } from './operations.ts';
import { problemComponent } from './problem-answers.ts';
import { tags } from './route-doc.ts';
import { routeDocs } from './routes/index.ts';

export type OpenApiDocument = oas31.OpenAPIObject;

/** That of the API, told in its document; the one of the packages. */
const VERSION = '0.1.0';

/** The OpenAPI 3.1 document, made from the schemas by which requests are read and answers are checked. */
export function openApiDocument(): OpenApiDocument {
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'clipscribe',
        version: VERSION,
        description,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This server' }],
      tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
      security: [{ token: [] }],
      paths: operationsOf(routeDocs),
      webhooks: { jobEnded },
      components: {
        schemas: problemComponent,
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'What `POST /login` gives.',
          },
          password: { type: 'http', scheme: 'basic', description: 'E-mail address and password.' },
          mediaCookie: {
            ...{ type: 'apiKey', in: 'cookie', name: 'clipscribe_media' },
            description: 'What `POST /jobs/{id}/media-cookie` gives.',
          },
        },
      },
    },
    { override: tidy },
  );
  return document as OpenApiDocument; // of the version asked for
}

const jobEnded = {
  post: {
    operationId: 'jobEnded',
    summary: 'A job has ended',
    description:
      'Sent to your webhooks, signed as Standard Webhooks has it: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. It comes at least once: know copies by `webhook-id`.',
    tags: ['Webhooks'],
    security: [],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: webhookPayloadSchema, example: examplePayload as unknown } },
    },
    responses: {
      '2XX': { description: 'Taken. Everything else but 410 is tried again for a day.' },
      '410': { description: 'Never again: the webhook is switched off.' },
    },
  },
};

/**
 * Clients must take fields that they do not know yet, so nothing is said against more of them in answers; what is sent
 * to us is read strictly. The limits of exact numbers in JavaScript say nothing about ours.
 */
const tidy: ZodOpenApiOverride = ({ jsonSchema, io, zodSchema }) => {
  const { def } = zodSchema._zod;
  if (io === 'output' && def.type === 'object' && def.catchall === undefined)
    delete jsonSchema.additionalProperties;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
};
