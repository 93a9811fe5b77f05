import { describe, expect, it } from '@jest/globals';
import type { FailureCode } from '@clipscribe/contracts';
import { verdict, type Evidence } from '../src/verdict.ts';

type Changes = Partial<Omit<Evidence, 'probe'>> & { probe?: Partial<Evidence['probe']> };

/** A file that looks sound, but for what is said. */
function evidence({ probe, ...rest }: Changes): Evidence {
  return {
    log: '',
    stalled: false,
    maxDurationSeconds: 100,
    probe: {
      readable: true,
      log: '',
      streams: 2,
      durationSeconds: 10,
      sound: { codec: 'aac', supported: true, channels: 2 },
      ...probe,
    },
    ...rest,
  };
}

const unreadable = { readable: false, streams: 0, durationSeconds: null, sound: null };
const noMemory = 'file:/x/input: Cannot allocate memory';

describe('verdict', () => {
  it.each<[string, Changes, FailureCode]>([
    ['a full disk', { log: 'av_interleaved_write_frame(): No space left on device' }, 'STORAGE_FULL'],
    ['a used up quota', { log: 'file:/x: Disk quota exceeded', probe: unreadable }, 'STORAGE_FULL'],
    ['no progress', { stalled: true, log: 'ffmpeg was killed with signal SIGKILL' }, 'STALLED'],
    ['no memory', { log: noMemory, probe: unreadable }, 'RESOURCE_LIMIT'],
    ['no processor time', { log: 'ffmpeg was killed with signal SIGXCPU' }, 'RESOURCE_LIMIT'],
    ['too large an output', { log: 'ffmpeg was killed with signal SIGXFSZ' }, 'RESOURCE_LIMIT'],
    [
      'a kill from outside',
      { log: 'ffmpeg was killed with signal SIGKILL', probe: unreadable },
      'WORKER_LOST',
    ],
    [
      'too many tracks, which ends with no memory',
      {
        log: `[mov @ 0x1] Number of streams exceeds max_streams parameter (32)\n${noMemory}`,
        probe: unreadable,
      },
      'TOO_COMPLEX',
    ],
    [
      'too many channels',
      {
        log: 'Error reinitializing filters!\nConversion failed!',
        probe: { sound: { codec: 'pcm_u8', supported: true, channels: 17 } },
      },
      'TOO_COMPLEX',
    ],
    [
      'too many channels, guessed from noise',
      {
        log: '[aac @ 0x1] channel element 3.6 is not allocated\nConversion failed!',
        probe: { sound: { codec: 'aac', supported: true, channels: 19 } },
      },
      'CORRUPT_MEDIA',
    ],
    ['more tracks than allowed', { probe: { streams: 33 } }, 'TOO_COMPLEX'],
    ['nothing that is known', { log: 'Invalid data found', probe: unreadable }, 'NOT_MEDIA'],
    [
      'a guess at a container',
      { log: '[mp3 @ 0x1] Format mp3 detected only with low score of 1', probe: unreadable },
      'NOT_MEDIA',
    ],
    ['a container without tracks', { probe: { streams: 0, sound: null } }, 'NOT_MEDIA'],
    ['no index', { log: '[mov @ 0x1] moov atom not found', probe: unreadable }, 'CORRUPT_MEDIA'],
    ['no sound', { probe: { streams: 1, sound: null } }, 'NO_AUDIO_TRACK'],
    ['too long', { probe: { durationSeconds: 101 } }, 'TOO_LONG'],
    [
      'an unknown codec',
      { probe: { sound: { codec: 'x', supported: false, channels: 1 } } },
      'UNSUPPORTED_MEDIA',
    ],
  ])('%s', (_name, changes, code) => {
    expect(verdict(evidence(changes))?.code).toBe(code);
  });

  it('has nothing against a file with a fault in the middle: it is read again', () => {
    const log = '[aac @ 0x1] Number of bands (17) exceeds limit (12).\nConversion failed!';
    expect(verdict(evidence({ log }))).toBeNull();
  });

  it('does not believe what the tags of a file say', () => {
    const log = '    comment         : x: No space left on device\n    title           : exceeds max_streams';
    expect(verdict(evidence({ log }))).toBeNull();
  });
});
