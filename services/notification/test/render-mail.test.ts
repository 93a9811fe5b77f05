import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { FailureCode } from '@clipscribe/contracts';
import type { FailedContent, ReadyContent } from '../src/mail-content.ts';
import { renderMail } from '../src/render-mail.ts';
import { cleanName, clip, downloadName, shellWord } from '../src/safe-name.ts';

const fid = '0190a5c1-1111-7000-8000-000000000000';
const jobId = '0190a5c1-2222-7000-8000-000000000000';
const baseUrl = 'https://clips.example.org';

function ready(overrides: Partial<ReadyContent> = {}): ReadyContent {
  const transcriptFileId = '0190a5c1-3333-7000-8000-000000000000';
  return {
    kind: 'ready',
    jobId,
    fileName: 'talk.mp4',
    baseUrl,
    audioFileId: fid,
    transcriptFileId,
    ...overrides,
  };
}

function failed(code: FailureCode, fileName = 'talk.mp4'): FailedContent {
  return { kind: 'failed', jobId, fileName, baseUrl, error: { code, reason: 'The video has no sound.' } };
}

function linesOf(text: string): string[] {
  return text.split('\n');
}

const mp3Command = `curl -H "Authorization: Bearer $TOKEN" -o talk.mp3 "${baseUrl}/download?fid=${fid}"`;
const retryCommand = `curl -X POST -H "Authorization: Bearer $TOKEN" "${baseUrl}/jobs/${jobId}/retry"`;

describe('the mail of a finished job', () => {
  it('has the line that people and scripts look for', () => {
    expect(linesOf(renderMail(ready()).text)).toContain(`mp3 file_id: ${fid} is now ready!`);
  });

  it('has the links, says that they need a token, and how to use it', () => {
    const lines = linesOf(renderMail(ready()).text);
    expect(lines).toContain(`${baseUrl}/download?fid=${fid}`);
    expect(lines).toContain(`${baseUrl}/jobs/${jobId}/transcript?format=txt`);
    expect(lines).toContain(mp3Command);
    expect(lines).toContain(
      `curl -H "Authorization: Bearer $TOKEN" -o talk.txt "${baseUrl}/jobs/${jobId}/transcript?format=txt"`,
    );
    expect(lines.join('\n')).toMatch(/needs your bearer token/);
  });

  it('says all of it in HTML too', () => {
    const { html } = renderMail(ready());
    expect(html).toContain(`<p>mp3 file_id: ${fid} is now ready!</p>`);
    expect(html).toContain(`<a href="${baseUrl}/download?fid=${fid}">`);
    expect(html).toContain(`<a href="${baseUrl}/jobs/${jobId}/transcript?format=txt">`);
    expect(html).toContain(mp3Command.replaceAll('"', '&quot;'));
  });

  it('names the file in the subject', () => {
    expect(renderMail(ready()).subject).toBe('Ready: talk.mp4');
  });

  it.each([
    [59.6, '(1:00)'],
    [725, '(12:05)'],
    [3723.4, '(1:02:03)'],
  ])('writes %d seconds as %s', (durationSeconds, words) => {
    expect(renderMail(ready({ durationSeconds })).text).toContain(words);
  });

  it('says that nobody speaks', () => {
    const { text, html } = renderMail(ready({ hasNoSpeech: true }));
    for (const body of [text, html]) expect(body).toContain('Nobody speaks in the recording');
    expect(text).toContain('/transcript?');
    expect(renderMail(ready()).text).not.toContain('Nobody speaks');
  });

  it('says which version of the transcript it is about', () => {
    const { subject, text } = renderMail(ready({ transcriptVersion: 3 }));
    expect(subject).toBe('Ready: talk.mp4');
    expect(text).toContain('This is version 3 of its transcript.');
    expect(linesOf(text)).toContain(`mp3 file_id: ${fid} is now ready!`);
    expect(renderMail(ready()).text).not.toContain('version');
  });

  it('offers no transcript where there is none', () => {
    const { subject, text, html } = renderMail(ready({ transcriptFileId: null }));
    expect(subject).toBe('Ready: talk.mp4');
    expect(text + html).not.toMatch(/transcript/i);
  });
});

describe('the mail of a partly finished job', () => {
  const problem = { code: 'PROVIDER_QUOTA', reason: 'The quota at the speech service is used up.' } as const;

  it('says that the MP3 is ready, why there is no transcript, and how to try again', () => {
    const { subject, text } = renderMail(ready({ transcriptFileId: null, transcriptProblem: problem }));
    expect(subject).toBe('MP3 ready, no transcript: talk.mp4');
    expect(linesOf(text)).toContain(`mp3 file_id: ${fid} is now ready!`);
    expect(linesOf(text)).toContain(`There is no transcript. ${problem.reason} (code: PROVIDER_QUOTA)`);
    expect(linesOf(text)).toContain(retryCommand);
    expect(linesOf(text)).toContain(mp3Command);
    expect(text).not.toContain('/transcript?');
  });

  it('says that there is no new transcript, and offers the one before', () => {
    const { subject, text } = renderMail(
      ready({ transcriptFileId: null, transcriptProblem: problem, hasEarlierTranscript: true }),
    );
    expect(subject).toBe('No new transcript: talk.mp4');
    expect(linesOf(text)).toContain(`There is no new transcript. ${problem.reason} (code: PROVIDER_QUOTA)`);
    expect(text).toContain('The MP3 and the transcript of before stay as they are.');
    expect(linesOf(text)).toContain(`${baseUrl}/jobs/${jobId}/transcript?format=txt`);
    expect(linesOf(text)).toContain(retryCommand);
  });

  it('says that the MP3 is not complete', () => {
    const audioProblem = {
      code: 'INCOMPLETE_OUTPUT',
      reason: 'Only a part of the sound could be read.',
    } as const;
    expect(renderMail(ready({ audioProblem })).text).toContain(
      'It is not complete. Only a part of the sound',
    );
  });
});

describe('the mail of a failed job', () => {
  it('says the code, the reason, what to do, and how to retry', () => {
    const { subject, text, html } = renderMail(failed('NO_AUDIO_TRACK'));
    expect(subject).toBe('Failed: talk.mp4');
    expect(text).toContain('The video has no sound. (code: NO_AUDIO_TRACK)');
    expect(text).toContain('What to do: set right');
    expect(linesOf(text)).toContain(retryCommand);
    expect(html).toContain('code: NO_AUDIO_TRACK');
    expect(text + html).not.toContain('is now ready!');
  });

  it('advises to try again after a fault that may pass', () => {
    expect(renderMail(failed('STORAGE_FULL')).text).toContain('try again');
    expect(renderMail(failed('STORAGE_FULL')).text).not.toContain('will probably fail');
  });
});

describe('hostile file names', () => {
  const hostile = [
    '<script>alert(1)</script>.mp4',
    '"><img src=http://evil.example/x onerror=alert(1)>.mp4',
    `it's "quoted" & $(reboot) \`id\` $HOME.mp4`,
    'a\r\nBcc: eve@example.org\r\n\r\nbody\u0085\u2028\u2029.mp4',
    'photo\u202egnp.mp4\u202c\u2066\u200f\u061c\ufeff\u200b',
    '\u0000\u001b[31mred\u007f\ud800.mp4',
    '../../etc/passwd',
    '-rf',
    '\u202e',
    '',
    'x'.repeat(5000),
    `${'👩‍💻'.repeat(200)}.mp4`,
  ];

  it.each(hostile)('%j', (fileName) => {
    for (const content of [ready({ fileName }), failed('NO_AUDIO_TRACK', fileName)]) {
      const { subject, text, html } = renderMail(content);
      expect(subject).toMatch(/^(?:Ready|Failed): [^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+$/u);
      expect(subject).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u061c\ufeff]/);
      expect(Array.from(subject).length).toBeLessThanOrEqual(60 + 'Failed: '.length);
      expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|(?!\n)\p{Cc}/u);
      expect(html).not.toMatch(/<script|<img|[\u202a-\u202e\u2066-\u2069]|(?!\n)\p{Cc}/u);
      expect(html.match(/<a href="([^"]*)"/g)?.every((link) => link.includes(`"${baseUrl}/`)) ?? true).toBe(
        true,
      );
      expect(html.length).toBeLessThan(10_000);
    }
  });

  it.each(hostile)('%j cannot leave its place in the download command', async (fileName) => {
    const line = linesOf(renderMail(ready({ fileName })).text).find(
      (candidate) => candidate.includes('/download?fid=') && candidate.startsWith('curl'),
    );
    // The shell sees the line as the owner would paste it, with curl replaced by a function that lists its words.
    const script = `curl() { printf '%s\\n' "$@"; }; TOKEN=t; ${String(line)}`;
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { env: { HOME: '/home/ada' } });
    const words = stdout.trimEnd().split('\n');
    expect(words).toEqual([
      '-H',
      'Authorization: Bearer t',
      '-o',
      downloadName(fileName, 'mp3'),
      `${baseUrl}/download?fid=${fid}`,
    ]);
    expect(words[3]).not.toMatch(/[/\\]/);
    expect(Buffer.byteLength(words[3] ?? '')).toBeLessThanOrEqual(255);
  });

  it('loads nothing from elsewhere', () => {
    const { html } = renderMail(ready());
    expect(html).not.toMatch(/\ssrc=|url\(|@import|<link|<script|<iframe|<img/i);
  });
});

describe('names', () => {
  it.each([
    ['talk.mp4', 'talk.mp4'],
    ['a\r\nb.mp4', 'a b.mp4'],
    ['  two   words\t.mp4 ', 'two words .mp4'],
    ['نمی‌خواهم.mp4', 'نمی‌خواهم.mp4'],
    ['\u202e\u0000', 'your video'],
  ])('cleanName(%j) is %j', (name, clean) => {
    expect(cleanName(name)).toBe(clean);
  });

  it('clip never cuts a character in half', () => {
    expect(clip('👍👍👍👍', 3)).toBe('👍👍…');
    expect(clip('abc', 3)).toBe('abc');
  });

  it.each([
    ['talk.mp4', 'talk.mp3'],
    ['talk', 'talk.mp3'],
    ['.mp4', '.mp4.mp3'],
    ['a.b.mov', 'a.b.mp3'],
    ['../x/y.mp4', '.._x_y.mp3'],
  ])('downloadName(%j) is %j', (source, name) => {
    expect(downloadName(source, 'mp3')).toBe(name);
  });

  it.each([
    ['talk.mp3', 'talk.mp3'],
    ['two words.mp3', "'two words.mp3'"],
    ["it's.mp3", String.raw`'it'\''s.mp3'`],
  ])('shellWord(%j) is %s', (text, word) => {
    expect(shellWord(text)).toBe(word);
  });
});
