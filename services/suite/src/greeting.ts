export interface Greeting {
  url: string;
  adminEmail: string;
  /** Known only when the account was made by this start. */
  adminPassword?: string;
  /** The operator set the password, and knows it. */
  passwordIsGiven: boolean;
  dataFolder: string;
  /** Null when this machine has no speech engine. */
  engine: string | null;
  sampleFile: string;
  /** The MP3 of the sample, once there is one. */
  sampleAudioId?: string;
  sampleJobId?: string;
}

/** What a person reads after a start: where it runs, who to log in as, and commands that work when pasted. */
export function greeting(facts: Greeting): string {
  return [...status(facts), '', ...commands(facts), '', 'Ctrl-C stops it.', ''].join('\n');
}

function status(facts: Greeting): string[] {
  const { url, adminEmail, dataFolder, engine } = facts;
  const password = passwordLine(facts);
  return [
    '',
    `clipscribe runs at ${url}`,
    '',
    `  user         ${adminEmail}`,
    `  password     ${password}`,
    `  data, mails  ${dataFolder}, ${dataFolder}/outbox`,
    `  transcripts  ${engine === null ? 'off: no speech engine found (install pocketsphinx, or set TRANSCRIBER=openai)' : `by ${engine}`}`,
  ];
}

function passwordLine({ adminPassword, passwordIsGiven }: Greeting): string {
  if (adminPassword !== undefined) return `${adminPassword}   (shown only this once)`;
  return passwordIsGiven
    ? 'the one in ADMIN_PASSWORD, unless changed since'
    : 'the password shown at the first start';
}

function commands({
  url,
  adminEmail,
  adminPassword,
  sampleFile,
  sampleAudioId,
  sampleJobId,
}: Greeting): string[] {
  const user = adminPassword === undefined ? adminEmail : `${adminEmail}:${adminPassword}`;
  const audio = sampleAudioId ?? 'FILE_ID';
  const job = sampleJobId ?? 'JOB_ID';
  const bearer = '-H "Authorization: Bearer $TOKEN"';
  return [
    '# log in (the token is good for a day)',
    `TOKEN=$(curl -s -X POST -u '${user}' ${url}/login)`,
    '',
    '# upload a video of yours (here the sample) and see what became of it',
    `curl -s ${bearer} -F file=@${sampleFile} ${url}/upload`,
    `curl -s ${bearer} "${url}/jobs?limit=1"`,
    '',
    sampleAudioId === undefined
      ? '# download, with the ids that the upload gave'
      : '# download the MP3 and read the transcript of the sample',
    `curl -s ${bearer} -o hello.mp3 "${url}/download?fid=${audio}"`,
    `curl -s ${bearer} ${url}/jobs/${job}/transcript`,
  ];
}
