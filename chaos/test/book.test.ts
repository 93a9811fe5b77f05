import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobView } from '@clipscribe/contracts';
import { Book, type TrackedUpload } from '../load/book.ts';
import { Person } from '../load/person.ts';

const owner = new Person({ name: 'ada', clients: [], onBreach: () => undefined });
const medium = {
  ...{ name: 'one', path: 'one.mp4', bytes: Buffer.alloc(1), codes: [], transcript: true },
  state: 'succeeded',
} as const;

function view(values: Partial<JobView> = {}): JobView {
  return {
    ...{
      id: 'job-1',
      state: 'queued',
      run: 1,
      createdAt: '',
      updatedAt: '',
      links: { self: '', events: '' },
    },
    source: { name: 'a.mp4', bytes: 1, sha256: '' },
    options: { transcript: true, quality: 'V2' },
    audio: { state: 'pending', progress: 0 },
    transcript: { state: 'pending', progress: 0 },
    ...values,
  };
}

describe('the book of what was promised', () => {
  let found: string[];
  let book: Book;
  let upload: TrackedUpload;
  beforeEach(() => {
    found = [];
    book = new Book((subject, what) => found.push(`${subject}: ${what}`));
    upload = book.begin({ name: 'a.mp4', medium, owner });
    book.accepted(upload, view());
  });

  function saw(values: Partial<JobView>): void {
    const job = book.jobs.get('job-1');
    if (job === undefined) throw new Error('it is in the book');
    book.saw(job, view(values));
  }

  it('has nothing to say about a job that goes its way', () => {
    saw({ state: 'converting' });
    saw({ state: 'succeeded', audio: { state: 'done', progress: 1, fileId: 'mp3' } });
    saw({ state: 'queued', run: 2, audio: { state: 'done', progress: 1, fileId: 'mp3' } });
    expect(found).toEqual([]);
    expect(book.of(owner)).toHaveLength(1);
  });

  it('notices an upload that became two jobs', () => {
    book.accepted(upload, view({ id: 'job-2' }));
    expect(found).toEqual(['a.mp4: is several jobs: job-1, job-2']);
  });

  it('notices a job for something else', () => {
    book.accepted(upload, view({ source: { name: 'b.mp4', bytes: 1, sha256: '' } }));
    expect(found).toEqual(['job-1: was made for a.mp4, and is called b.mp4']);
  });

  it('notices a job that is over and goes back', () => {
    saw({ state: 'failed' });
    saw({ state: 'converting' });
    expect(found).toEqual(['job-1: was failed, and is converting in the same run']);
  });

  it('concludes nothing from the order in which two requests that were under way at once are answered', () => {
    const queued = view({ updatedAt: '2026-11-21T19:00:00.000Z' });
    const failed = view({ updatedAt: '2026-11-21T19:00:00.700Z', state: 'failed' });
    book.acceptedTogether(upload, [failed, queued]);
    expect(found).toEqual([]);
    expect(book.jobs.get('job-1')?.seen.state).toBe('failed');
  });

  it('notices in such answers too that a job was over and went back', () => {
    const failed = view({ updatedAt: '2026-11-21T19:00:00.000Z', state: 'failed' });
    const queued = view({ updatedAt: '2026-11-21T19:00:00.700Z' });
    book.acceptedTogether(upload, [queued, failed]);
    expect(found).toEqual(['job-1: was failed, and is queued in the same run']);
  });

  it('notices a run that is gone', () => {
    saw({ state: 'queued', run: 2 });
    saw({ state: 'succeeded', run: 1 });
    expect(found).toEqual(['job-1: was in run 2, and is in run 1']);
  });

  it('notices an MP3 that was there and is another one', () => {
    saw({ state: 'transcribing', audio: { state: 'done', progress: 1, fileId: 'mp3' } });
    saw({ state: 'transcribing', audio: { state: 'done', progress: 1, fileId: 'mp3-2' } });
    expect(found).toEqual(['job-1: had the MP3 mp3, and has mp3-2']);
  });
});
