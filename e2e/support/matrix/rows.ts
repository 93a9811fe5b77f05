/** One row of the fault matrix, with the tests that show it. */
export interface Row {
  fault: string;
  /** What must come of it. */
  result: string;
  /** Titles as they stand in the file; `file` is beside the others in e2e/test/matrix unless it has a path of its own. */
  tests: readonly { title: string; file: string }[];
}

const inFile = (file: string, ...titles: string[]): Row['tests'] => titles.map((title) => ({ title, file }));

/** The fault matrix: every fault that the reliability promises name. */
export const rows: readonly Row[] = [
  {
    fault: 'gateway killed mid-upload',
    result: 'no job; bytes swept; the client’s retry works',
    tests: inFile(
      'gateway.test.ts',
      'gateway killed mid-upload: no job, bytes swept, the client’s retry works',
    ),
  },
  {
    fault:
      'gateway killed after the file, before the job / after the job, before publish / after publish, before 202',
    result: 'swept / sweeper publishes, completes / same Idempotency-Key gives the same job',
    tests: inFile(
      'gateway.test.ts',
      'gateway killed after the file, before the job: swept',
      'gateway killed after the job, before publish: the sweeper publishes',
      'gateway killed after publish, before 202: the same Idempotency-Key gives the same job',
    ),
  },
  {
    fault: 'converter killed while downloading, in ffmpeg, storing, before ack',
    result: 'lease expires, redelivered, one result, no orphan ffmpeg',
    tests: [
      ...inFile(
        'converter.test.ts',
        'converter killed while downloading',
        'converter killed in ffmpeg',
        'converter killed storing',
        'converter killed when the MP3 is stored and not yet part of the job',
        'converter killed when the job has ended, before its last message',
        'converter killed before ack',
      ),
      // With the lease's whole minute, which the others cut short.
      ...inFile(
        'e2e/test/chunks.test.ts',
        'killed in the middle: pays for no chunk twice but the one that was under way',
      ),
    ],
  },
  {
    fault: 'transcribe worker killed in chunk 7 of 12',
    result: 'chunks 1–6 are not paid for again',
    tests: inFile(
      'transcribe.test.ts',
      'transcribe worker killed in chunk 7 of 12, $stage: chunks 1–6 are not paid for again',
    ),
  },
  {
    fault: 'notification killed before send / after the server’s 250',
    result: 'one mail / at most two with one Message-ID',
    tests: inFile(
      'notification.test.ts',
      'notification killed before send: one mail',
      'notification killed after the server’s 250: at most two with one Message-ID',
      'notification killed after it is written down, before ack: one mail',
    ),
  },
  {
    fault: 'broker killed and restarted; stopped (SIGSTOP); in memory alarm',
    result: 'reconnect, resubscribe, nothing lost',
    tests: inFile(
      'broker.test.ts',
      'broker killed and restarted: reconnect, resubscribe, nothing lost',
      'broker stopped (SIGSTOP): reconnect, resubscribe, nothing lost',
      'broker in memory alarm: nothing lost',
    ),
  },
  {
    fault: 'broker down at upload',
    result: '202; published when it is back',
    tests: inFile('broker.test.ts', 'broker down at upload: 202; published when it is back'),
  },
  {
    fault: 'MongoDB primary lost / down',
    result: '202 only after the majority; unknown → read back by id, else 503',
    tests: inFile(
      'databases.test.ts',
      'MongoDB down (%s): 503, and back by itself',
      'MongoDB primary lost while uploads are written: 202 only for what is safe',
      'MongoDB’s answer to the acceptance is lost $losses times: unknown, $name',
    ),
  },
  {
    fault: 'MySQL down',
    result: 'login 503 within 2 s; unready but alive; recovers by itself',
    tests: inFile(
      'databases.test.ts',
      'MySQL down (%s): login 503 within 2 s; unready but alive; recovers by itself',
    ),
  },
  {
    fault: 'auth down or slow',
    result: '503 with Retry-After; never 401, never let in',
    tests: inFile('databases.test.ts', 'auth $name: 503 with Retry-After; never 401, never let in'),
  },
  {
    fault: 'speech API 429 / quota / 500 / timeout / HTML with 200 / cut JSON / 100 MB answer',
    result: 'Retry-After / parked with a reason / retried, then transcript failed, MP3 available',
    tests: inFile(
      'transcribe.test.ts',
      'speech API $fault: retried',
      'speech API quota: parked with a reason',
      'speech API 500 to the end: then the transcript failed, MP3 available',
    ),
  },
  {
    fault: 'SMTP 4xx, refused / 5xx recipient / bad login / cut after DATA',
    result:
      'retried to 24 h / permanent, job stays done / consumer pauses, alarm / one retry, same Message-ID',
    tests: [
      ...inFile(
        'smtp.test.ts',
        'SMTP 4xx: retried',
        'SMTP refused: retried',
        'SMTP 5xx recipient: permanent, job stays done',
        'SMTP bad login: consumer pauses, alarm',
        'SMTP cut after DATA: one retry, same Message-ID',
      ),
      ...inFile('packages/job-protocol/test/notice-steps.test.ts', 'goes on for a day, then gives up'),
    ],
  },
  {
    fault: 'temp space full (a 1 MB tmpfs)',
    result: 'transient, reason says so',
    tests: inFile('converter.test.ts', 'temp space full (a 1 MB tmpfs): transient, reason says so'),
  },
  {
    fault: 'client leaves mid-upload, mid-download',
    result: 'aborted, nothing left, no crash',
    tests: inFile(
      'clients.test.ts',
      'client leaves mid-upload: aborted, nothing left, no crash',
      'client leaves mid-download: aborted, nothing left, no crash',
    ),
  },
  {
    fault: '10 concurrent duplicates; messages out of order',
    result: 'one MP3, one mail; state never goes back',
    tests: inFile(
      'messages.test.ts',
      '10 concurrent duplicates: one MP3, one mail',
      'messages out of order: state never goes back',
    ),
  },
  {
    fault: 'poison (not JSON, unknown version, unknown job)',
    result: 'dead letter at once, consumer lives',
    tests: inFile('messages.test.ts', 'poison ($kind): dead letter at once, consumer lives'),
  },
  {
    fault: 'clock ± 1 h',
    result: 'leases unaffected; only auth judges token expiry',
    tests: inFile(
      'clocks.test.ts',
      'clock $name: leases unaffected',
      'clock ± 1 h: only auth judges token expiry',
    ),
  },
  {
    fault: 'SIGTERM during a conversion',
    result:
      'finished within 25 s, or killed and given back without counting; a second signal ends it at once',
    tests: inFile(
      'sigterm.test.ts',
      'SIGTERM during a conversion: finished, when that takes less than 25 s',
      'SIGTERM during a conversion that takes longer: killed and given back, and the attempt is not counted',
      'SIGTERM twice: ended at once',
    ),
  },
  {
    fault: 'a delivery past the consumer timeout',
    result: 'resubscribed, late ack harmless',
    tests: inFile('broker.test.ts', 'a delivery past the consumer timeout: resubscribed, late ack harmless'),
  },
  {
    fault: 'random kills of any of the above under load',
    result: 'all promises hold',
    tests: [
      ...inFile('kills.test.ts', 'each service killed at each stage of a job: healed by time alone'),
      ...inFile(
        'e2e/test/kill.test.ts',
        'at moments spread over all stages: every accepted upload ends once, with one mail',
      ),
    ],
  },
];
