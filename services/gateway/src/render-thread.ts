import { parentPort, workerData } from 'node:worker_threads';
import type { RenderTask } from './render-in-thread.ts';
import { renderTranscript } from './render-transcript.ts';

// The thread is started by renderInThread alone.
const { json, format } = workerData as RenderTask;

const body = renderTranscript(json, format);
parentPort?.postMessage(body, [body.buffer]);
