/** What real shells offer after TAB: the table of commands, and nothing else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { run } from '../run.js';

function has(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'exit 0'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function scriptFor(t: TestContext, shell: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'relight-completion-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const { stdout, code } = await run(t, {}, 'completion', shell);
  assert.equal(code, 0);
  const path = join(folder, `relight.${shell}`);
  writeFileSync(path, stdout);
  return path;
}

/** What bash offers for the last word, as its own completion asks. */
function offered(script: string, ...typed: string[]): string[] {
  const words = ['relight', ...typed];
  const ask = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _relight; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ['--norc', '-c', ask, 'bash', script, ...words];
  return execFileSync('bash', args, { encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '');
}

test('bash offers commands, their options, and commands below commands', async (t) => {
  const script = await scriptFor(t, 'bash');
  assert.deepEqual(offered(script, 'stat'), ['status']);
  assert.ok(offered(script, '').includes('approve'));
  assert.deepEqual(offered(script, 'status', '--wa'), ['--watch', '--wait']);
  assert.deepEqual(offered(script, 'status', '--engine', 'desk', '--js'), ['--json']);
  assert.deepEqual(offered(script, 'keys', 'mess'), ['messages']);
  assert.deepEqual(offered(script, 'keys', 'messages', 'rot'), ['rotate']);
  assert.deepEqual(offered(script, '--config', 'x.yaml', 'stat'), ['status']);
  assert.deepEqual(offered(script, 'status', 'appr'), [], 'nothing of another command');
});

test('an unknown shell is refused by name', { skip: !has('bash') }, async (t) => {
  const exit = t.mock.method(process, 'exit', (code?: number) => {
    throw new Error(`exit ${code}`);
  });
  await assert.rejects(run(t, {}, 'completion', 'tcsh'), /exit 2/);
  exit.mock.restore();
});

for (const shell of ['zsh', 'fish']) {
  test(`${shell} reads its script without a fault`, { skip: !has(shell) }, async (t) => {
    const script = await scriptFor(t, shell);
    execFileSync(shell, ['-n', script]);
  });

  test(`the script for ${shell} has each command with what it does`, async (t) => {
    const { stdout } = await run(t, {}, 'completion', shell);
    for (const word of ['status', 'approve', 'messages']) assert.ok(stdout.includes(word), word);
    assert.match(stdout, /who may answer what, with which keys, until when/);
  });
}
