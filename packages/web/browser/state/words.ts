import type { JobView } from '@clipscribe/contracts';

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `1.5 MB`: units of a thousand, as operating systems and shops count. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit] ?? ''}`;
}

/** `1:02:03` or `2:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const dateAndTime = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** `5 minutes ago`, or the day when that is a week or longer ago. */
export function ago(iso: string, now: number): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (seconds < 60) return 'just now';
  if (seconds > 7 * 86_400) return date.format(new Date(iso));
  const [unit, length] = steps.find(([, size]) => seconds >= size) ?? ['minute', 60];
  return relative.format(-Math.floor(seconds / length), unit);
}

export function moment(iso: string): string {
  return dateAndTime.format(new Date(iso));
}

/** Names of states for people. */
export const stateNames: Readonly<Record<JobView['state'], string>> = {
  queued: 'Waiting',
  converting: 'Converting',
  transcribing: 'Transcribing',
  succeeded: 'Done',
  partial: 'Sound only',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export function isOver({ state }: Pick<JobView, 'state'>): boolean {
  return state === 'succeeded' || state === 'partial' || state === 'failed' || state === 'cancelled';
}

/** True for those that did not bring all that was asked for, and may when they run once more. */
export function mayRetry({ state }: Pick<JobView, 'state'>): boolean {
  return state === 'failed' || state === 'partial' || state === 'cancelled';
}

/** How far a job is, 0 to 1, within the stage that it is at. */
export function progressOf(job: JobView): number {
  if (job.state === 'queued') return 0;
  return job.state === 'transcribing' ? job.transcript.progress : job.audio.progress;
}

/** What is done at the moment with a job at work. */
export function stageOf({ state }: Pick<JobView, 'state'>): string {
  if (state === 'queued') return 'Waiting for its turn';
  return state === 'converting' ? 'Converting the sound' : 'Transcribing';
}

/** How far that is, to be put behind it; nothing while it waits. */
export function percentOf(job: JobView): string {
  return job.state === 'queued' ? '' : `, ${Math.floor(progressOf(job) * 100)} %`;
}

/** What a recording is called: as its owner has it, else as its file. */
export function nameOf({ options, source }: Pick<JobView, 'options' | 'source'>): string {
  return options.title ?? source.name;
}

/** Why a job did not bring all that was asked for; undefined when it did. */
export function reasonOf(job: JobView): string | undefined {
  return job.error?.reason ?? job.transcript.error?.reason ?? job.audio.error?.reason;
}
