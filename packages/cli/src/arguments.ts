/** Arguments and options that several commands have. */
import { languageCodes, qualities } from '@clipscribe/contracts';
import { Option } from 'commander';
import { z } from 'zod';
import type { Metadata } from './uploads/uploader.ts';

/** One id or several; a repeated one counts once. */
export const ids = z
  .array(z.string())
  .min(1)
  .transform((given) => [...new Set(given)]);

/** Something, as typed. */
export const filled = z.string().min(1, { error: 'must not be empty' });

export const outputOption = new Option('-o, --output <file>', 'a file or a folder; - for standard output');
export const forceOption = new Option('--force', 'replace a file that is there');
export const outputArguments = { output: filled.optional(), force: z.boolean().default(false) };

/** A whole number as typed. */
export function wholeNumber(least: number, most: number): z.ZodType<number> {
  return z
    .string()
    .regex(/^\d+$/, { error: 'must be a whole number' })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error: `must be from ${least} to ${most}` });
}

/** The values that shells propose; which ones count, the server decides. */
export const suggestions: Readonly<Record<string, readonly string[]>> = {
  '--language': languageCodes,
  '--quality': qualities,
};

export const uploadOptions = [
  new Option('--language <code>', 'the language that is spoken, such as en; detected when absent'),
  new Option('--prompt <text>', 'words to expect, such as names'),
  new Option('--quality <quality>', 'of the MP3: V0 (best) to V9, or 96k to 320k (default: V2)'),
  new Option('--title <text>', "the MP3's title tag (default: the name of the file)"),
  new Option('--no-transcript', 'the MP3 alone'),
  new Option('--webhook <url>', 'an address to tell when the job has ended'),
];

const text = z.string().optional();
export const uploadArguments = {
  language: text,
  prompt: text,
  quality: text,
  title: text,
  webhook: text,
  transcript: z.boolean().default(true),
};

/** The options as metadata of an upload: those that were given. */
export function uploadMetadata(given: z.output<z.ZodObject<typeof uploadArguments>>): Metadata {
  const { transcript, language, prompt, quality, title, webhook } = given;
  const values = { language, prompt, quality, title, webhook, transcript: transcript ? undefined : 'false' };
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
