import { jobListQuerySchema, jobListSchema, jobViewSchema } from '@clipscribe/contracts';
import { jobPath as path, location, quotaProblems } from '../common.ts';
import { cancelledJob, doneJob, queuedJob } from '../examples.ts';
import { answer, type RouteDocs } from '../route-doc.ts';

const tag = 'Jobs';
const access = 'token';

const job = { $ref: '#/components/schemas/Job' };
const gone = {
  type: 'object',
  properties: { id: { $ref: '#/components/schemas/Id' } },
  required: ['id'],
};

const stream = `id: 3
event: job
data: ${JSON.stringify(queuedJob)}

id: 9
event: job
data: ${JSON.stringify(doneJob)}

`;

export const jobDocs: RouteDocs = {
  'GET /events': {
    ...{ id: 'followJobs', tag, access, summary: 'Follow all your jobs' },
    description:
      'Server-sent events without an end: first of the newest jobs and of those at work, then of every change. `gone` tells of a job that was deleted.',
    answers: {
      200: {
        description: 'Events named `job` and `gone`.',
        content: {
          'text/event-stream': {
            schema: { type: 'string' },
            example: `: open\n\nevent: job\ndata: ${JSON.stringify(doneJob)}\n\nevent: gone\ndata: {"id":"${doneJob.id}"}\n\n`,
            'x-events': { job, gone },
          },
        },
      },
    },
  },
  'GET /jobs': {
    ...{ id: 'listJobs', tag, access, query: jobListQuerySchema, summary: 'Your jobs, newest first' },
    answers: { 200: answer('A page of them.', jobListSchema, { jobs: [doneJob], nextCursor: null }) },
    problems: ['INVALID_INPUT'],
  },
  'GET /jobs/:id': {
    ...{ id: 'getJob', tag, access, path, summary: 'State, progress, reasons for failures, links' },
    answers: { 200: answer('The job.', jobViewSchema, doneJob) },
    problems: ['NOT_FOUND'],
  },
  'GET /jobs/:id/events': {
    ...{ id: 'followJob', tag, access, path, summary: 'Follow a job until it ends' },
    description:
      'Server-sent events: one at the beginning and one at every change, each with the whole job. The stream ends with the job; when it ends before that, ask again.',
    answers: {
      200: {
        description: 'Events named `job`.',
        content: {
          'text/event-stream': {
            schema: { type: 'string' },
            example: stream,
            'x-events': { job },
          },
        },
      },
    },
    problems: ['NOT_FOUND'],
  },
  'POST /jobs/:id/retry': {
    ...{ id: 'retryJob', tag, access, path, summary: 'Run a failed, partial or cancelled job once more' },
    answers: { 202: answer('The job, in its next run.', jobViewSchema, { ...queuedJob, run: 2 }, location) },
    problems: ['NOT_FOUND', 'NOT_RETRYABLE', 'SOURCE_EXPIRED', 'TOO_MANY_VERSIONS', ...quotaProblems],
  },
  'POST /jobs/:id/cancel': {
    ...{ id: 'cancelJob', tag, access, path, summary: 'End a job that is not over' },
    description: 'Work under way stops within seconds.',
    answers: { 200: answer('The job, cancelled.', jobViewSchema, cancelledJob) },
    problems: ['NOT_FOUND', 'NOT_CANCELLABLE', 'STORAGE_FULL'],
  },
  'DELETE /jobs/:id': {
    ...{ id: 'deleteJob', tag, access, path, summary: 'Remove a job with all its files' },
    description: 'Also while it is being worked on.',
    answers: { 204: { description: 'It is gone.' } },
    problems: ['NOT_FOUND', 'STORAGE_FULL'],
  },
};
