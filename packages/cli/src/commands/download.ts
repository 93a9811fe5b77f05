import { z } from 'zod';
import { forceOption, outputArguments, outputOption } from '../arguments.ts';
import { defineCommand } from '../command.ts';
import { printContent } from '../downloads/print-content.ts';
import { saveContent } from '../downloads/save-content.ts';
import { jobPath } from '../jobs/api-jobs.ts';

export const download = defineCommand({
  syntax: 'download <id>',
  summary: 'download the MP3 of a job',
  details:
    'Writes to a temporary name until all is there. After an interruption the same command goes on where it stood.\n' +
    'A file that is there is replaced with --force only.',
  options: [outputOption, forceOption],
  examples: [
    ['clipscribe download 019aa5c3-0000-7000-8000-000000000000', 'into the current folder, by its own name'],
    ['clipscribe download 019aa5c3-0000-7000-8000-000000000000 -o talk.mp3 --force', 'to this file'],
    ['clipscribe download 019aa5c3-0000-7000-8000-000000000000 -o - | mpv -', 'to another program'],
  ],
  args: z.object({ id: z.string(), ...outputArguments }),
  run: async (context, { id, ...target }) => {
    const path = `${jobPath(id)}/audio`;
    if (target.output === '-') await printContent(context, path);
    else await saveContent(context, { id, path, fallbackName: `${id}.mp3`, ...target });
  },
});
