import { describe, expect, it } from '@jest/globals';
import { ArgumentError, readArguments } from '../arguments.ts';

describe('the arguments of npm run chaos', () => {
  it('have defaults, and a seed of their own each time', () => {
    const [one, other] = [readArguments([]), readArguments([])];
    expect(one).toMatchObject({ kills: 20, times: 'short', planOnly: false });
    expect(one?.seed).toMatch(/^[0-9a-f]{8}$/);
    expect(one?.seed).not.toBe(other?.seed);
  });

  it('are taken as they are given', () => {
    const args = ['--kills', '200', '--seed', 'monday-3', '--times=shipped', '--plan'];
    expect(readArguments(args)).toEqual({ kills: 200, seed: 'monday-3', times: 'shipped', planOnly: true });
    expect(readArguments(['--help'])).toBeNull();
    expect(readArguments(['-h', '--kills', 'x'])).toBeNull();
  });

  it.each([
    [['--kills', '-1'], /--kills/],
    [['--kills=-1'], /--kills must be a whole number from 0 to 10000, not -1/],
    [['--kills', '2.5'], /--kills must be a whole number/],
    [['--kills', '10001'], /from 0 to 10000/],
    [['--kills', ''], /--kills must be a whole number/],
    [['--kills'], /--kills/],
    [['--seed', ''], /--seed must be/],
    [['--seed', 'a b'], /--seed must be/],
    [['--seed', 'x'.repeat(65)], /--seed must be/],
    [['--times', 'long'], /--times must be short or shipped, not long/],
    [['--killls', '3'], /killls/],
    [['20'], /20/],
  ])('%j is refused in one line', (args, line) => {
    const read = (): unknown => readArguments(args);
    expect(read).toThrow(ArgumentError);
    expect(read).toThrow(line);
    expect(read).toThrow(/^[^\n]+$/);
  });
});
