import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findSample } from './find-sample.ts';
import type { FirstPassword } from './first-password.ts';
import { greeting, type Greeting } from './greeting.ts';
import { convertSample } from './sample.ts';

const SAMPLE = fileURLToPath(new URL('../../../samples/hello.mp4', import.meta.url));

export interface Welcome {
  url: string;
  adminEmail: string;
  password: FirstPassword;
  /** Whether the first start converts the shipped clip. */
  wantsSample: boolean;
  usersUrl: string;
  jobsUrl: string;
  facts: Pick<Greeting, 'dataFolder' | 'engine'>;
}

/** Converts the sample at a first start, and then tells the person at the terminal how to go on. */
export async function welcome({ url, adminEmail, password, wantsSample, ...given }: Welcome): Promise<void> {
  const isFirst = password.isUnseen && wantsSample;
  const ids = isFirst
    ? await newSample(url, { email: adminEmail, password: password.value })
    : await oldSample(given, adminEmail);
  const text = greeting({
    url,
    adminEmail,
    ...given.facts,
    sampleFile: relative(process.cwd(), SAMPLE),
    passwordIsGiven: password.isGiven,
    ...(password.isUnseen && !password.isGiven ? { adminPassword: password.value } : {}),
    ...ids,
  });
  process.stdout.write(text);
  password.forget();
}

type SampleIds = Pick<Greeting, 'sampleAudioId' | 'sampleJobId'>;

/** Only the first start has the password, and so can upload the sample as a user would. */
async function newSample(url: string, login: { email: string; password: string }): Promise<SampleIds> {
  process.stdout.write('converting the sample clip …\n');
  try {
    const job = await convertSample(url, login, SAMPLE);
    return {
      sampleJobId: job.id,
      ...(job.audio.fileId === undefined ? {} : { sampleAudioId: job.audio.fileId }),
    };
  } catch (error) {
    process.stderr.write(
      `clipscribe: the sample was not converted: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return {};
  }
}

async function oldSample(
  { usersUrl, jobsUrl }: { usersUrl: string; jobsUrl: string },
  adminEmail: string,
): Promise<SampleIds> {
  const job = await findSample({ users: usersUrl, jobs: jobsUrl }, adminEmail);
  if (job?.audio.fileId === undefined) return {};
  return { sampleJobId: job.id, sampleAudioId: job.audio.fileId };
}
