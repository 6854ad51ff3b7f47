/** Runs one command on operations of a test, and keeps what it says. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Operations } from '../../../clients/cli/operations.js';
import { createProgram } from '../../../clients/cli/program.js';

export async function run(t: TestContext, operations: Partial<Operations>, ...args: string[]) {
  const said = { stdout: '', stderr: '' };
  const capture = (stream: 'stdout' | 'stderr') =>
    t.mock.method(process[stream], 'write', (text: unknown) => {
      said[stream] += String(text);
      return true;
    });
  const captured = [capture('stdout'), capture('stderr')];
  const program = createProgram({
    version: 'test',
    operations: () =>
      ({ engines: () => ['desk'], close: async () => undefined, ...operations }) as Operations,
    services: () => assert.fail('no service was asked for'),
    isConfigError: () => false,
    isUnreachable: () => false,
  });
  try {
    await program.parseAsync(['node', 'relight', ...args]);
    return { ...said, code: process.exitCode };
  } finally {
    process.exitCode = 0;
    for (const { mock } of captured) mock.restore();
  }
}
