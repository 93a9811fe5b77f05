import { describe, expect, it } from '@jest/globals';
import { newId, type Job, type JobState } from '@clipscribe/contracts';
import { sampleJob } from '@clipscribe/job-store/testing';
import { describeJob, NothingToTellError } from '../src/mail-content.ts';

const baseUrl = 'http://localhost:8080';
const audioFileId = newId();
const transcriptFileId = newId();
const rateLimited = { code: 'PROVIDER_RATE_LIMITED', reason: 'Asked to slow down.' } as const;
const incomplete = { code: 'INCOMPLETE_OUTPUT', reason: 'Only a part could be read.' } as const;
const noSound = { code: 'NO_AUDIO_TRACK', reason: 'No sound.' } as const;

function endedJob(overrides: Partial<Job>): Job {
  return sampleJob({
    state: 'succeeded',
    audio: { state: 'done', progress: 1, fileId: audioFileId, durationSeconds: 12.5 },
    transcript: { state: 'done', progress: 1, fileId: transcriptFileId },
    ...overrides,
  });
}

describe('describeJob', () => {
  it('tells of an MP3 and a transcript', () => {
    const job = endedJob({});
    expect(describeJob(job, baseUrl)).toEqual({
      kind: 'ready',
      jobId: job.id,
      fileName: 'talk.mp4',
      baseUrl,
      audioFileId,
      transcriptFileId,
      durationSeconds: 12.5,
    });
  });

  it('tells of an MP3 alone when no transcript was wanted', () => {
    const content = describeJob(endedJob({ transcript: { state: 'skipped', progress: 0 } }), baseUrl);
    expect(content).toMatchObject({ kind: 'ready', transcriptFileId: null });
    expect(content).not.toHaveProperty('transcriptProblem');
  });

  it('tells why there is no transcript, from the stage or else from the job', () => {
    const transcript = { state: 'failed', progress: 0.5 } as const;
    const ofStage = endedJob({ state: 'partial', transcript: { ...transcript, error: rateLimited } });
    const ofJob = endedJob({ state: 'partial', transcript, error: rateLimited });
    const expected = { kind: 'ready', audioFileId, transcriptFileId: null, transcriptProblem: rateLimited };
    expect(describeJob(ofStage, baseUrl)).toMatchObject(expected);
    expect(describeJob(ofJob, baseUrl)).toMatchObject(expected);
  });

  describe('of a job that was transcribed again', () => {
    const earlierTranscripts = [
      { state: 'done', progress: 1, fileId: newId(), options: {}, askedAt: 1, endedAt: 2 } as const,
    ];

    it('tells which version is ready', () => {
      const content = describeJob(endedJob({ earlierTranscripts }), baseUrl);
      expect(content).toMatchObject({ kind: 'ready', transcriptFileId, transcriptVersion: 2 });
      expect(content).not.toHaveProperty('hasEarlierTranscript');
    });

    it('tells why there is none, and that the one before stays', () => {
      const transcript = { state: 'failed', progress: 0.5, error: rateLimited } as const;
      const job = endedJob({ state: 'partial', earlierTranscripts, transcript });
      expect(describeJob(job, baseUrl)).toMatchObject({
        kind: 'ready',
        transcriptFileId: null,
        transcriptProblem: rateLimited,
        hasEarlierTranscript: true,
      });
      const never = [{ ...transcript, options: {}, askedAt: 1, endedAt: 2 }];
      const without = endedJob({ state: 'partial', earlierTranscripts: never, transcript });
      expect(describeJob(without, baseUrl)).not.toHaveProperty('hasEarlierTranscript');
    });
  });

  it('tells that nobody speaks', () => {
    const transcript = { state: 'done', progress: 1, fileId: transcriptFileId, speech: 'none' } as const;
    expect(describeJob(endedJob({ transcript }), baseUrl)).toMatchObject({
      kind: 'ready',
      transcriptFileId,
      hasNoSpeech: true,
    });
  });

  it('tells that the MP3 is not complete', () => {
    const audio = { state: 'done', progress: 1, fileId: audioFileId, error: incomplete } as const;
    const content = describeJob(endedJob({ state: 'partial', audio }), baseUrl);
    expect(content).toMatchObject({ kind: 'ready', transcriptFileId, audioProblem: incomplete });
    expect(content).not.toHaveProperty('transcriptProblem');
  });

  it('tells why a job failed, from the stage or else from the job', () => {
    const audio = { state: 'failed', progress: 0 } as const;
    const ofStage = sampleJob({ state: 'failed', audio: { ...audio, error: noSound } });
    const ofJob = sampleJob({ state: 'failed', audio, error: noSound });
    for (const job of [ofStage, ofJob]) {
      expect(describeJob(job, baseUrl)).toEqual({
        kind: 'failed',
        jobId: job.id,
        fileName: 'talk.mp4',
        baseUrl,
        error: noSound,
      });
    }
    expect(describeJob(sampleJob({ state: 'failed', audio }), baseUrl)).toMatchObject({
      error: { code: 'INTERNAL' },
    });
  });

  it.each<JobState>(['queued', 'converting', 'transcribing', 'cancelled', 'deleting', 'deleted'])(
    'has nothing to tell of a job that is %s',
    (state) => {
      expect(() => describeJob(endedJob({ state }), baseUrl)).toThrow(NothingToTellError);
    },
  );

  it('never tells of an MP3 that is not there', () => {
    expect(() => describeJob(endedJob({ audio: { state: 'done', progress: 1 } }), baseUrl)).toThrow(
      NothingToTellError,
    );
  });
});
