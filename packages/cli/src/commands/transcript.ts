import { visible } from '@clipscribe/terminal';
import { isTranscriptFormat, transcriptFormatNames } from '@clipscribe/transcript';
import { Option } from 'commander';
import { z } from 'zod';
import { badAnswer } from '../api/read-json.ts';
import { forceOption, outputArguments, outputOption } from '../arguments.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { saveContent } from '../downloads/save-content.ts';
import { jobPath } from '../jobs/api-jobs.ts';

export const transcript = defineCommand({
  syntax: 'transcript <id>',
  summary: 'print or save the transcript of a job',
  details:
    'Prints it, or saves it with --output. With --json and without --output: {"id", "format", "text"}.',
  options: [
    new Option('--format <format>', 'what it looks like').choices(transcriptFormatNames).default('txt'),
    outputOption,
    forceOption,
  ],
  examples: [
    ['clipscribe transcript 019aa5c3-0000-7000-8000-000000000000', 'plain text'],
    [
      'clipscribe transcript --format srt -o talk.srt 019aa5c3-0000-7000-8000-000000000000',
      'subtitles, to a file',
    ],
    [
      'clipscribe transcript --format json 019aa5c3-0000-7000-8000-000000000000 | jq .words',
      'with the time of each word',
    ],
  ],
  args: z.object({ id: z.string(), format: z.string().refine(isTranscriptFormat), ...outputArguments }),
  run: async (context, { id, format, output, force }) => {
    const path = `${jobPath(id)}/transcript?format=${format}`;
    if (output === undefined || output === '-') await print(context, { id, path, format });
    else await saveContent(context, { id, path, output, force, fallbackName: `${id}.${format}` });
  },
});

async function print(
  { account, out }: Context,
  { id, path, format }: { id: string; path: string; format: string },
): Promise<void> {
  const answer = await account.send({ path });
  // Whatever else answers with text, such as the page of a hotel's network, is no transcript.
  if (answer.headers.get('etag') === null) throw badAnswer(account.api.server);
  const text = await answer.text();
  if (out.json) out.result({ id, format, text }, () => '');
  // A terminal gets nothing that could steer it; a file or a program gets every byte.
  else out.screen.out(out.screen.isOutTerminal ? text.split('\n').map(visibleLine).join('\n') : text);
}

/** Tabs and the ends of lines are part of some formats. */
function visibleLine(line: string): string {
  return line.replace(/\r$/, '').split('\t').map(visible).join('\t');
}
