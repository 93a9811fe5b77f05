import { Argument } from 'commander';
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { completionScripts, shells } from '../completion/scripts.ts';

export const completion = defineCommand({
  syntax: 'completion <shell>',
  summary: `print what completes command lines: for ${shells.join(', ')}`,
  arguments: [new Argument('<shell>', 'which shell').choices(shells)],
  examples: [
    ['source <(clipscribe completion bash)', 'in ~/.bashrc'],
    ['source <(clipscribe completion zsh)', 'in ~/.zshrc, below compinit'],
    ['clipscribe completion fish > ~/.config/fish/completions/clipscribe.fish', 'for fish'],
  ],
  args: z.object({ shell: z.enum(shells) }),
  run: ({ out }, { shell }) => {
    out.screen.out(completionScripts[shell]);
    return Promise.resolve();
  },
});
