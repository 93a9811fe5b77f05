import type { Log } from '@clipscribe/runtime';
import type { VoiceDetector } from '../voice-activity.ts';
import { SileroVoiceDetector } from './silero-voice-detector.ts';

/** Opens the voice detector; null, and a warning, where it does not run: transcripts are made all the same. */
export async function openVoiceDetector(log: Log): Promise<VoiceDetector | null> {
  try {
    return await SileroVoiceDetector.open();
  } catch (error) {
    log.warn({ err: error }, 'speech is not told from noise here: all sound goes to the speech engine');
    return null;
  }
}
