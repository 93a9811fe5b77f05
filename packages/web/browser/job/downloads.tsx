import type { JobView } from '@clipscribe/contracts';
import type { JSX } from 'preact';
import { bytes } from '../state/words.ts';
import { Icon } from '../ui/icons.tsx';

/** Formats of transcripts, as the gateway has them. */
const formats = [
  ['txt', 'Plain text'],
  ['srt', 'Subtitles (SRT)'],
  ['vtt', 'Subtitles (WebVTT)'],
  ['json', 'With times (JSON)'],
  ['tsv', 'Table (TSV)'],
] as const;

interface Props {
  job: JobView;
  /** That of the transcript; the newest one when undefined. */
  version: number | undefined;
}

/** Links that the browser itself follows: large files go straight to the disk. */
export function Downloads({ job, version }: Props): JSX.Element {
  const self = `/jobs/${job.id}`;
  const transcript = version === undefined ? `${self}/transcript` : `${self}/transcripts/${version}`;
  return (
    <section class="card" aria-labelledby="downloads-title">
      <h2 id="downloads-title">Download</h2>
      <ul class="downloads">
        {job.links.audio !== undefined && (
          <Download href={`${self}/audio`} label="Sound (MP3)" note={bytes(job.audio.bytes ?? 0)} />
        )}
        {job.links.transcript !== undefined &&
          formats.map(([format, label]) => (
            <Download key={format} href={`${transcript}?format=${format}`} label={label} />
          ))}
      </ul>
    </section>
  );
}

function Download({ href, label, note }: { href: string; label: string; note?: string }): JSX.Element {
  return (
    <li>
      <a href={href} download>
        <Icon name="download" /> {label}
      </a>
      {note !== undefined && <span class="hint">{note}</span>}
    </li>
  );
}
