import { languages, type JobView, type TranscriptVersionView } from '@clipscribe/contracts';
import { useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { ask } from '../state/api.ts';
import { tell } from '../state/job-actions.ts';
import { learn } from '../state/jobs.ts';
import { isOver, moment } from '../state/words.ts';
import { LanguageField, PromptField } from '../upload/option-fields.tsx';

interface Props {
  job: JobView;
  /** The one that is shown; the newest one when undefined. */
  version: number | undefined;
  onChoose: (version: number | undefined) => void;
}

/** All transcripts that were made of a recording, and a form for one more. */
export function Versions({ job, version, onChoose }: Props): JSX.Element {
  const versions = useVersions(job);
  const shown = version ?? versions?.find(({ fileId }) => fileId !== undefined)?.version;
  return (
    <section class="card" aria-labelledby="versions-title">
      <h2 id="versions-title">Transcripts</h2>
      <ul class="versions">
        {versions?.map((one) => (
          <li key={one.version}>
            <button
              type="button"
              class="version"
              aria-pressed={one.version === shown}
              disabled={one.fileId === undefined}
              onClick={() => {
                onChoose(one.version);
              }}
            >
              <span>Version {one.version}</span>
              <span class="hint">{factsOf(one)}</span>
            </button>
          </li>
        ))}
      </ul>
      {versions !== undefined && isOver(job) && job.state !== 'failed' && job.state !== 'cancelled' && (
        <Again
          job={job}
          onStart={() => {
            onChoose(undefined);
          }}
        />
      )}
    </section>
  );
}

/** Undefined while they are not known. */
function useVersions(job: JobView): readonly TranscriptVersionView[] | undefined {
  const [versions, setVersions] = useState<readonly TranscriptVersionView[]>();
  useEffect(() => {
    ask<{ transcripts: TranscriptVersionView[] }>(`/jobs/${job.id}/transcripts`).then(
      ({ transcripts }) => {
        setVersions(transcripts);
      },
      () => undefined,
    );
  }, [job.id, job.transcript.version, job.transcript.state]);
  return versions;
}

function factsOf({ state, language, engine, createdAt, error }: TranscriptVersionView): string {
  if (error !== undefined) return error.reason;
  if (state === 'pending' || state === 'running') return 'being made';
  const name = language === undefined ? undefined : languages[language];
  return [name, engine, moment(createdAt)].filter((part) => part !== undefined).join(' · ');
}

function Again({ job, onStart }: { job: JobView; onStart: () => void }): JSX.Element {
  const [language, setLanguage] = useState(job.options.language ?? '');
  const [prompt, setPrompt] = useState(job.options.prompt ?? '');
  const start = async (): Promise<void> => {
    const json = {
      ...(language === '' ? {} : { language }),
      ...(prompt.trim() === '' ? {} : { prompt: prompt.trim() }),
    };
    learn(await ask<JobView>(`/jobs/${job.id}/transcripts`, { method: 'POST', json }));
    onStart();
  };
  return (
    <details>
      <summary>Transcribe again</summary>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void tell(start);
        }}
      >
        <LanguageField value={language} onChange={setLanguage} />
        <PromptField value={prompt} onChange={setPrompt} />
        <button type="submit">Start</button>
      </form>
    </details>
  );
}
