import { expect, it } from '@jest/globals';
import { newId, uploadOptionsSchema, type Job } from '@clipscribe/contracts';
import { newJob } from '@clipscribe/job-protocol';
import { mp3Name, mp3Title } from '../src/mp3-name.ts';

function job(name: string, title?: string): Job {
  const options = uploadOptionsSchema.parse(title === undefined ? {} : { title });
  const upload = { ownerId: newId(), ownerEmail: 'ada@example.org', fingerprint: '', options };
  return newJob(upload, { jobId: newId(), fileId: newId(), name, bytes: 1, sha256: '' }, 0, 0);
}

it.each([
  ['Summer.mp4', 'Summer', 'Summer.mp3'],
  ['a.b.tar.mkv', 'a.b.tar', 'a.b.tar.mp3'],
  ['no ending', 'no ending', 'no ending.mp3'],
  ['.mp4', '.mp4', '.mp4.mp3'],
  ['Grüße 😀.mov', 'Grüße 😀', 'Grüße 😀.mp3'],
])('%s', (name, title, mp3) => {
  expect(mp3Title(job(name))).toBe(title);
  expect(mp3Name(job(name))).toBe(mp3);
});

it('the title that the owner asked for is for the tag only', () => {
  expect(mp3Title(job('Summer.mp4', 'My title'))).toBe('My title');
  expect(mp3Name(job('Summer.mp4', 'My title'))).toBe('Summer.mp3');
});
