import { describe, expect, it } from '@jest/globals';
import { ArgumentError, readArguments } from '../cluster/arguments.ts';

const read = (...args: string[]) => readArguments(args, '/home/ada');

describe('the arguments of npm run e2e', () => {
  it('need no more than a kubeconfig', () => {
    expect(read('--kubeconfig', 'kind.yaml')).toEqual({
      kubeconfig: '/home/ada/kind.yaml',
      namespace: 'clipscribe-e2e',
      release: 'clipscribe',
      isInstalled: false,
      isKept: false,
      values: [],
      helm: 'helm',
      kubectl: 'kubectl',
    });
  });

  it('give helm its values in the order in which they came, files by their whole path', () => {
    const args = read(
      '--kubeconfig=/k',
      '--set',
      'a=1',
      '--values',
      'small.yaml',
      '--set=b=2',
      '--values=/big.yaml',
    );
    expect(args?.values).toEqual([
      ...['--set', 'a=1', '--values', '/home/ada/small.yaml'],
      ...['--set', 'b=2', '--values', '/big.yaml'],
    ]);
  });

  it('can take another place, programs, and what is there', () => {
    const place = [
      '--namespace',
      'n',
      '--release',
      'r',
      '--helm',
      '/h',
      '--kubectl',
      '/k',
      '--installed',
      '--keep',
    ];
    expect(read('--kubeconfig', '/k', ...place)).toMatchObject({
      ...{ namespace: 'n', release: 'r', helm: '/h', kubectl: '/k', isInstalled: true, isKept: true },
    });
  });

  it('are not needed for help', () => {
    expect(read('--help')).toBeNull();
  });

  it.each([
    ['no kubeconfig', [], /--kubeconfig is missing/],
    ['an unknown option', ['--kubeconfig', '/k', '--nmespace', 'x'], /nmespace/],
    ['a word too many', ['--kubeconfig', '/k', 'now'], /now/],
    ['an option without its value', ['--kubeconfig'], /kubeconfig/],
  ])('are refused with a line that names what is wrong: %s', (_name, args, message) => {
    expect(() => read(...args)).toThrow(ArgumentError);
    expect(() => read(...args)).toThrow(message);
  });
});
