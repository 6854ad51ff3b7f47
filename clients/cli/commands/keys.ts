/** `relight key new`; `relight keys`: of approvers, and of messages. */
import type { Command } from 'commander';
import type { KeyTestOptions } from '../actions/people.js';
import { KEY_OPTION, SIGNER_OPTION, SSH_KEY_OPTION, type WithOperations } from './command.js';

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

export function addKeysCommands(program: Command, withOperations: WithOperations): void {
  const keys = program
    .command('keys')
    .description('who may answer what, with which keys, until when; and keys of messages');
  // Its own command, so that its options are not taken for those of the others.
  keys
    .command('list', { isDefault: true })
    .description('who may answer what, with which keys, until when')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      withOperations(async (operations) => {
        const { listPeople } = await import('../actions/people.js');
        return listPeople(operations, options);
      }),
    );
  keys
    .command('test')
    .description('signs nothing, and says what an answer with that key would meet')
    .requiredOption(...SIGNER_OPTION)
    .option(...KEY_OPTION)
    .option(...SSH_KEY_OPTION)
    .option('--json', 'print JSON')
    .action((options: KeyTestOptions) =>
      withOperations(async (operations) => {
        const { testKey } = await import('../actions/people.js');
        return testKey(operations, options);
      }),
    );
  addMessageKeyCommands(keys, withOperations);
}

function addMessageKeyCommands(keys: Command, withOperations: WithOperations): void {
  const messages = keys
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
