import type { JobView, Transcript } from '@clipscribe/contracts';
import { useEffect, useState } from 'preact/hooks';
import { ask, wordsFor } from '../state/api.ts';
import { alignWords, type Sentence } from './align-words.ts';

export interface LoadedTranscript {
  /** Undefined while it is loaded; empty when there is none. */
  sentences: readonly Sentence[] | undefined;
  /** Why it could not be loaded. */
  reason?: string;
}

const none: readonly Sentence[] = [];

/** The text of a job: the newest one, or the version that was chosen. */
export function useTranscript(job: JobView, version: number | undefined): LoadedTranscript {
  const [loaded, setLoaded] = useState<LoadedTranscript>({ sentences: undefined });
  const newest = job.links.transcript;
  const path = version === undefined ? newest : `/jobs/${job.id}/transcripts/${version}`;
  // The newest one has the same path when it is another one.
  const key = `${path ?? ''} ${job.transcript.fileId ?? ''}`;
  useEffect(() => {
    if (path === undefined) {
      setLoaded({ sentences: none });
      return undefined;
    }
    const stop = new AbortController();
    ask<Transcript>(`${path}?format=json`, { signal: stop.signal }).then(
      (transcript) => {
        setLoaded({ sentences: alignWords(transcript) });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setLoaded({ sentences: none, reason: wordsFor(error) });
      },
    );
    return () => {
      stop.abort();
    };
  }, [key]);
  return loaded;
}
