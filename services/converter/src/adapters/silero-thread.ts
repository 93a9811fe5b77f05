import { parentPort } from 'node:worker_threads';
import { SileroListener } from './silero-listener.ts';
import type { SileroAnswer, SileroRequest } from './silero-messages.ts';
import type { VoiceActivity } from '../voice-activity.ts';

/** Runs in a thread of its own, so that whoever waits for an answer of this process need not wait for the model. */
const listeners = new Map<number, SileroListener>();

parentPort?.on('message', (request: SileroRequest) => {
  parentPort?.postMessage(answer(request));
});

function answer(request: SileroRequest): SileroAnswer {
  try {
    return { activity: carryOut(request) };
  } catch (error) {
    return { error: String(error) };
  }
}

function carryOut(request: SileroRequest): VoiceActivity | null {
  const { recording, kind } = request;
  if (kind === 'hear') {
    listenerOf(recording).hear(request.path);
    return null;
  }
  const activity = kind === 'finish' ? listenerOf(recording).finish() : null;
  listeners.delete(recording);
  return activity;
}

function listenerOf(recording: number): SileroListener {
  const listener = listeners.get(recording) ?? new SileroListener();
  listeners.set(recording, listener);
  return listener;
}
