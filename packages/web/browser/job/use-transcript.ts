import type { JobView, Transcript } from '@clipscribe/contracts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, wordsFor } from '../state/api.ts';
import { alignWords, type Sentence } from './align-words.ts';

export interface LoadedTranscript {
  /** Undefined while it is loaded; empty when there is none. */
  sentences: readonly Sentence[] | undefined;
  /** As BCP 47 has it, when it is known. */
  language?: string | undefined;
  /** Why it could not be loaded. */
  reason?: string;
  again: () => void;
}

const none: readonly Sentence[] = [];

/** The text of a job: the newest one, or the version that was chosen. */
export function useTranscript(job: JobView, version: number | undefined): LoadedTranscript {
  const [loaded, setLoaded] = useState<Omit<LoadedTranscript, 'again'>>({ sentences: undefined });
  const [tries, setTries] = useState(0);
  const newest = job.links.transcript;
  const path = version === undefined ? newest : `/jobs/${job.id}/transcripts/${version}`;
  // The newest one has the same path when it is another one.
  const key = `${path ?? ''} ${job.transcript.fileId ?? ''} ${tries}`;
  const wasThere = useRef(path !== undefined);
  useEffect(() => {
    // What was shown stays until another one is there; that there was nothing is no longer true.
    if (path !== undefined && !wasThere.current) setLoaded({ sentences: undefined });
    wasThere.current = path !== undefined;
    if (path === undefined) {
      setLoaded({ sentences: none });
      return undefined;
    }
    const stop = new AbortController();
    ask<Transcript>(`${path}?format=json`, { signal: stop.signal }).then(
      (transcript) => {
        setLoaded({ sentences: alignWords(transcript), language: transcript.language ?? undefined });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setLoaded({ sentences: none, reason: wordsFor(error) });
      },
    );
    return () => {
      stop.abort();
    };
  }, [key]);
  const again = (): void => {
    setTries(tries + 1);
  };
  return { ...loaded, again };
}
