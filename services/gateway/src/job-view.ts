import type { Job } from '@clipscribe/contracts';
import { jobView, type Retention } from '@clipscribe/job-protocol';

export { jobView };

/** Lists hand out the same unchanged jobs many times; the text of a view lives as long as its job. */
const texts = new WeakMap<Job, string>();

/** The view as JSON text. */
export function jobViewText(job: Job, retention: Retention): string {
  const known = texts.get(job);
  if (known !== undefined) return known;
  const text = JSON.stringify(jobView(job, retention));
  texts.set(job, text);
  return text;
}
