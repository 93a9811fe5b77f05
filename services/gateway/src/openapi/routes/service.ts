import { healthSchema, readinessSchema } from '@clipscribe/contracts';
import { z } from 'zod';
import { answer, type RouteDocs } from '../route-doc.ts';

const tag = 'Service';
const access = 'all';
const headers = z.object({ 'If-None-Match': z.string().optional().describe('The `ETag` that you have.') });
const cached = z.object({ ETag: z.string(), 'Cache-Control': z.literal('no-cache') });
const known = { description: 'You have it.', headers: cached };

export const serviceDocs: RouteDocs = {
  'GET /': {
    ...{ id: 'welcome', tag, access, summary: 'The web page, or what there is' },
    headers: headers.extend({ Accept: z.string().optional().describe('`text/html` for the page.') }),
    answers: {
      200: {
        description: 'The page for browsers, the calls as text for all others.',
        headers: cached,
        content: {
          'text/plain': { schema: z.string(), example: 'clipscribe turns video into an MP3 …' },
          'text/html': { schema: z.string(), example: '<!doctype html>' },
        },
      },
      304: known,
    },
  },
  'GET /app/:file': {
    ...{ id: 'pageFile', tag, access, headers, summary: 'A file of the web page' },
    path: z.object({ file: z.string().describe('Its name, which carries a hash of its content.') }),
    answers: {
      200: {
        description: 'The file.',
        headers: cached.extend({ 'Cache-Control': z.string() }),
        content: {
          'text/javascript': { schema: z.string(), example: 'the script' },
          'text/css': { schema: z.string(), example: 'the styles' },
          'image/svg+xml': { schema: z.string(), example: 'the picture' },
        },
      },
      304: { ...known, headers: cached.extend({ 'Cache-Control': z.string() }) },
    },
    problems: ['NOT_FOUND'],
  },
  'GET /openapi.json': {
    ...{ id: 'openApi', tag, access, headers, summary: 'This document, for programs' },
    answers: {
      200: {
        description: 'OpenAPI 3.1.',
        headers: cached,
        content: {
          'application/json': {
            schema: z.looseObject({ openapi: z.literal('3.1.0') }),
            example: { openapi: '3.1.0' },
          },
        },
      },
      304: known,
    },
  },
  'GET /docs': {
    ...{ id: 'docs', tag, access, headers, summary: 'This document, for people' },
    answers: {
      200: {
        description: 'A page without scripts.',
        headers: cached,
        content: { 'text/html': { schema: z.string(), example: '<!doctype html>' } },
      },
      304: known,
    },
  },
  'GET /healthz': {
    ...{ id: 'health', tag, access, summary: 'Whether the server is alive' },
    answers: { 200: answer('It is.', healthSchema, { status: 'ok' }) },
  },
  'GET /readyz': {
    ...{ id: 'readiness', tag, access, summary: 'Whether the server can work' },
    answers: {
      200: answer('It can.', readinessSchema, { status: 'ready', checks: { auth: 'ok' } }),
      503: answer('Something that it needs is away, or it stops.', readinessSchema, {
        ...{ status: 'not ready', checks: { auth: 'unavailable' } },
      }),
    },
  },
};
