/** Runs one command on operations of a test, and keeps what it says. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { readJournal } from '../../../clients/host/journal/read-journal.js';
import type { Operations } from '../../../clients/cli/operations.js';
import { createProgram } from '../../../clients/cli/program.js';

export async function run(t: TestContext, operations: Partial<Operations>, ...args: string[]) {
  const said = { stdout: '', stderr: '' };
  const capture = (stream: 'stdout' | 'stderr') => {
    const original = process[stream].write.bind(process[stream]);
    // The test runner's own reports are bytes on the same stream, and go their way.
    return t.mock.method(process[stream], 'write', (text: string | Uint8Array) => {
      if (typeof text !== 'string') return original(text);
      said[stream] += text;
      return true;
    });
  };
  const captured = [capture('stdout'), capture('stderr')];
  const program = createProgram({
    version: 'test',
    operations: async () =>
      ({ engines: () => ['desk'], close: async () => undefined, ...operations }) as Operations,
    services: () => assert.fail('no service was asked for'),
    approvers: async () => null,
    beginning: () => assert.fail('no configuration was begun'),
    readJournal,
    verifyFile: () => assert.fail('no file was to be verified'),
    isConfigError: () => false,
    isUnreachable: async () => false,
  });
  try {
    await program.parseAsync(['node', 'relight', ...args]);
    return { ...said, code: process.exitCode };
  } finally {
    process.exitCode = 0;
    for (const { mock } of captured) mock.restore();
  }
}
