import { expect, it } from '@jest/globals';
import { newId, uploadOptionsSchema, type Job } from '@clipscribe/contracts';
import type { JobStore, ListOptions } from '../src/job-store.ts';
import { insert } from './insert.ts';
import { sampleJob } from './sample-job.ts';

/** Names, and what each of them alone is found by. */
const forms = [
  ['Meeting.MP4', 'mEEtIng.mp4'],
  ['Été à Paris.mp4', 'éTÉ À'],
  ['Cafe\u0301.mp4', 'CAFÉ'],
  ['ΟΔΥΣΣΕΑΣ.mp4', 'οδυς'],
  ['Лекция.mp4', 'ЛЕКЦИЯ'],
  ['Ｔａｌｋ １.mp4', 'talk 1'],
  ['講演 עברית.mp4', '演 ע'],
  ['clip \u{1F3A5}.mp4', '\u{1F3A5}.'],
  ['my\u00a0own  voice.mp4', 'my own voice'],
] as const;

export function itSearchesJobs(store: () => JobStore): void {
  const ownerId = newId();

  function called(name: string, more: Partial<Job> & { title?: string } = {}): Job {
    const { title, ...rest } = more;
    const options = uploadOptionsSchema.parse(title === undefined ? {} : { title });
    return sampleJob({ ownerId, source: { ...sampleJob().source, name }, options, ...rest });
  }

  async function found(search: string, more: Partial<ListOptions> = {}): Promise<string[]> {
    const jobs = await store().list({ ownerId, limit: 100, search, ...more });
    return jobs.map(({ source }) => source.name);
  }

  it('finds jobs by a part of their names or titles, newest first', async () => {
    const named = ['river walk.mp4', 'interview.mp4'].map((name) => called(name));
    await insert(store(), ...named, called('0001.mov', { title: 'A walk along the river' }));
    expect(await found('walk')).toEqual(['0001.mov', 'river walk.mp4']);
    expect(await found('walk.mp')).toEqual(['river walk.mp4']);
    expect(await found('along')).toEqual(['0001.mov']);
    expect(await found('walks')).toEqual([]);
    // The name ends where the title begins.
    expect(await found('movA walk')).toEqual([]);
    expect(await found('mov A walk')).toEqual([]);
  });

  it('minds neither case nor form', async () => {
    await insert(store(), ...forms.map(([name]) => called(name)));
    for (const [name, search] of forms) expect([search, await found(search)]).toEqual([search, [name]]);
  });

  it('takes special characters for what they are', async () => {
    const single = '% _ * \\ ( ) [ ] ^ $ | ? + # " \' / - .'.split(' ');
    const special = [...single, '.*', '[a-z]', '{1}', '\\d', '%%'];
    for (const text of special) {
      const owner = newId();
      const job = called(`50${text}z.mov`, { ownerId: owner });
      await insert(store(), job, called('50 y5 mov', { ownerId: owner }));
      for (const search of [text, `0${text}Z`])
        expect([search, await found(search, { ownerId: owner })]).toEqual([search, [job.source.name]]);
    }
  });

  it('finds nothing by what is in no name, whatever it is', async () => {
    await insert(store(), called('talk.mp4'));
    for (const search of ['\\d', '\\', '.+', '\0', '$ne', '{"$ne":1}', ';--', 'talk.mp4\n'])
      expect([search, await found(search)]).toEqual([search, []]);
  });

  it('goes together with the owner, the state, the cursor and the limit', async () => {
    const mine = Array.from({ length: 5 }, (_, n) =>
      called(`talk ${n}.mp4`, n % 2 === 0 ? { state: 'failed' } : {}),
    );
    const theirs = called('talk of somebody else.mp4', { ownerId: newId() });
    for (const job of mine) await insert(store(), job, called(`between ${job.source.name.length}.mp4`));
    await insert(store(), theirs, called('talk, being deleted.mp4', { state: 'deleting' }));
    expect(await found('talk')).toEqual([
      'talk 4.mp4',
      'talk 3.mp4',
      'talk 2.mp4',
      'talk 1.mp4',
      'talk 0.mp4',
    ]);
    expect(await found('talk', { state: 'failed' })).toEqual(['talk 4.mp4', 'talk 2.mp4', 'talk 0.mp4']);
    expect(await found('talk', { limit: 2 })).toEqual(['talk 4.mp4', 'talk 3.mp4']);
    const cursor = mine[3]?.id ?? '';
    expect(await found('talk', { limit: 2, cursor })).toEqual(['talk 2.mp4', 'talk 1.mp4']);
    expect(await found('talk', { limit: 2, cursor, state: 'failed' })).toEqual(['talk 2.mp4', 'talk 0.mp4']);
    const all = await store().list({ limit: 100, search: 'somebody' });
    expect(all.map(({ id }) => id)).toEqual([theirs.id]);
    expect(await found('between', { cursor: newId() })).toHaveLength(5);
  });

  it('finds a job by the name that it has now', async () => {
    const job = called('before.mp4');
    await insert(store(), job);
    expect(await store().replace({ ...job, source: { ...job.source, name: 'after.mp4' } }, 1)).toBe(true);
    expect(await found('before')).toEqual([]);
    expect(await found('after')).toEqual(['after.mp4']);
  });
}
