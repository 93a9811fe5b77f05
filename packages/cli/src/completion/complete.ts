import type { Command, Option } from 'commander';
import { suggestions } from '../arguments.ts';

/** What may stand at the end of a command line. */
export interface Completion {
  kind: 'words' | 'files' | 'folders';
  candidates: { word: string; meaning: string }[];
}

/**
 * What fits as the last of the words behind the program's name. Asks nobody: completion has to be there at once.
 * @param words at least one, which may be empty
 */
export function complete(program: Command, words: readonly string[]): Completion {
  const last = words.at(-1) ?? '';
  // bash breaks `--format=srt` and `http://host` into words: of the first a lone `=` is left, of the second lone colons.
  const typed = last === '=' ? '' : last;
  const before = joinColons(words.slice(0, -1)).filter((word) => word !== '=');
  const { command, rest } = findCommand(program, before);
  const options = [...command.options, ...(command === program ? [] : program.options)];
  const pending = pendingOption(options, before.at(-1));
  if (pending !== undefined) return fitting(valuesOf(pending), typed);
  const [, name, value] = /^(--[^=]+)=(.*)$/.exec(typed) ?? [];
  if (value !== undefined) return withName(name ?? '', fitting(valuesOfNamed(options, name), value));
  if (typed.startsWith('-') && !before.includes('--'))
    return fitting(ofWords(options.map((option) => [option.long ?? '', option.description])), typed);
  if (command === program)
    return fitting(ofWords(program.commands.map((one) => [one.name(), one.summary()])), typed);
  const place = positions(options, rest);
  const argument = command.registeredArguments[place] ?? variadic(command);
  if (argument === undefined) return ofWords([]);
  return fitting(byName(argument.name(), argument.argChoices), typed);
}

export function completionText({ kind, candidates }: Completion): string {
  return [`:${kind}`, ...candidates.map(({ word, meaning }) => `${word}\t${meaning}`)].join('\n') + '\n';
}

function findCommand(
  program: Command,
  before: readonly string[],
): { command: Command; rest: readonly string[] } {
  const options = program.options;
  for (const [index, word] of before.entries()) {
    if (word.startsWith('-') || pendingOption(options, before[index - 1]) !== undefined) continue;
    const command = program.commands.find((one) => one.name() === word);
    return { command: command ?? program, rest: before.slice(index + 1) };
  }
  return { command: program, rest: [] };
}

/** The option whose value comes next. */
function pendingOption(options: readonly Option[], word: string | undefined): Option | undefined {
  if (word === undefined) return undefined;
  return options.find((option) => (option.long === word || option.short === word) && option.required);
}

/** How many arguments stand among the words. */
function positions(options: readonly Option[], words: readonly string[]): number {
  return words.filter(
    (word, index) => !word.startsWith('-') && pendingOption(options, words[index - 1]) === undefined,
  ).length;
}

function variadic(command: Command): Command['registeredArguments'][number] | undefined {
  const last = command.registeredArguments.at(-1);
  return last?.variadic === true ? last : undefined;
}

function valuesOf(option: Option): Completion {
  const name = /<([^>]+)>/.exec(option.flags)?.[1] ?? '';
  return byName(name, option.argChoices ?? suggestions[option.long ?? '']);
}

/** What fits behind `--format=`, where the shell has that as one word. */
function valuesOfNamed(options: readonly Option[], name: string | undefined): Completion {
  const option = pendingOption(options, name);
  return option === undefined ? ofWords([]) : valuesOf(option);
}

function withName(name: string, { kind, candidates }: Completion): Completion {
  return { kind, candidates: candidates.map(({ word, meaning }) => ({ word: `${name}=${word}`, meaning })) };
}

function joinColons(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const [index, word] of words.entries()) {
    if (joined.length > 0 && (word === ':' || words[index - 1] === ':'))
      joined.push(`${joined.pop() ?? ''}${word}`);
    else joined.push(word);
  }
  return joined;
}

function byName(name: string, choices: readonly string[] | undefined): Completion {
  if (choices !== undefined) return ofWords(choices.map((choice) => [choice, '']));
  if (name === 'file' || name === 'files') return { kind: 'files', candidates: [] };
  if (name === 'dir') return { kind: 'folders', candidates: [] };
  return ofWords([]);
}

function ofWords(pairs: readonly (readonly [string, string])[]): Completion {
  return { kind: 'words', candidates: pairs.map(([word, meaning]) => ({ word, meaning })) };
}

function fitting({ kind, candidates }: Completion, typed: string): Completion {
  return { kind, candidates: candidates.filter(({ word }) => word.startsWith(typed)) };
}
