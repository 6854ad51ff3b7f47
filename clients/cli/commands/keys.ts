/** `relight key new` and `relight keys messages`. */
import type { Command } from 'commander';
import type { WithOperations } from './command.js';

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

export function addMessageKeyCommands(program: Command, withOperations: WithOperations): void {
  const messages = program
    .command('keys')
    .description('keys by which the parts of Relight know each other')
    .command('messages')
    .description('keys that sign messages: of the control plane, of hosts, of operators');
  messages
    .command('make [role]')
    .description(
      'make what is missing: control, host, operator, or all; "relight up" does so itself',
    )
    .action((role: string | undefined) =>
      withOperations(async (operations) => {
        const { makeMessageKeys } = await import('../actions/message-keys.js');
        return makeMessageKeys(await operations.messageKeys(), role);
      }),
    );
  messages
    .command('rotate <role>')
    .description('a new key for control, host or operator; the old one is still believed')
    .action((role: string) =>
      withOperations(async (operations) => {
        const { rotateMessageKey } = await import('../actions/message-keys.js');
        return rotateMessageKey(await operations.messageKeys(), role);
      }),
    );
  messages
    .command('list')
    .description('whose messages are believed')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      withOperations(async (operations) => {
        const { listMessageKeys } = await import('../actions/message-keys.js');
        return listMessageKeys(await operations.messageKeys(), options);
      }),
    );
}
