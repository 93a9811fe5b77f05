import type { VoiceActivity } from '../voice-activity.ts';

/** What the thread is asked; every request is answered once, in the order of the requests. */
export type SileroRequest =
  { kind: 'hear'; recording: number; path: string } | { kind: 'finish' | 'forget'; recording: number };

export type SileroAnswer = { activity: VoiceActivity | null } | { error: string };
