/* Accepts uploads of three jobs one after the other, names each that was accepted, and goes on until it is killed. */
import { newId } from '@clipscribe/contracts';
import { MongoJobStore } from '../src/index.ts';
import { sampleJob } from '../testing/sample-job.ts';

const store = MongoJobStore.open(process.argv[2] ?? '');
for (;;) {
  const id = newId();
  await store.openIntent({ id, ownerId: newId(), fileIds: [newId()] });
  const jobs = [0, 1, 2].map((index) => sampleJob({ upload: { fingerprint: id, index } }));
  if ((await store.accept(id, jobs)) === 'accepted') process.stdout.write(`${id}\n`);
}
