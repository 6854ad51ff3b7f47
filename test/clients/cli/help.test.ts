/** What `--help` says, for each command. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from 'commander';
import { createProgram } from '../../../clients/cli/program.js';

const program = createProgram({
  version: 'test',
  operations: () => assert.fail('help needs no operations'),
  services: () => assert.fail('help needs no services'),
  approvers: async () => null,
  beginning: () => assert.fail('help begins nothing'),
  verifyFile: () => assert.fail('help verifies no file'),
  readJournal: () => assert.fail('help reads no journal'),
  isConfigError: () => false,
  isUnreachable: async () => false,
});

function withAllBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withAllBelow)];
}

test('each command says what it does and where its configuration comes from', () => {
  const all = withAllBelow(program);
  assert.ok(all.length > 15);
  for (const command of all) {
    const help = command.helpInformation();
    assert.match(help, /-c, --config <file>/, command.name());
    assert.ok(command.description() !== '' && help.includes(command.description().slice(0, 20)));
  }
});

test('what has to be given says so', () => {
  for (const command of withAllBelow(program)) {
    for (const { flags, mandatory, description } of command.options) {
      if (mandatory) assert.match(description, /\(required\)/, `${command.name()} ${flags}`);
    }
  }
});
