/** `relight key new`. */
import type { Command } from 'commander';

export function addKeyCommand(
  program: Command,
  guarded: (act: () => Promise<number>) => Promise<void>,
): void {
  program
    .command('key')
    .description('keys of approvers')
    .command('new <file>')
    .description('make a key pair; prints the public key for the configuration')
    .action((file: string) =>
      guarded(async () => {
        const { makeKey } = await import('../actions/keys.js');
        return makeKey(file);
      }),
    );
}
