/** The rules that a worker gives: those of its file as it is now. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { composeRules } from '../../../workers/compose/rules.js';
import { configAgain, loadConfig } from '../../../workers/config/load.js';
import { publicKeyOf } from '../../../workflows/domain/gates/decision.js';
import { writeConfig } from '../processes/parts.js';

const person = (name: string, seed: string) => ({
  name,
  roles: ['ops', 'risk'],
  keys: [{ ed25519: publicKeyOf(seed.repeat(32)) }],
});

function openFile(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-rules-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const write = (...names: string[]) =>
    writeConfig(folder, { approvers: names.map((name, at) => person(name, `0${at + 1}`)) });
  const path = write('olga', 'rita');
  const rules = composeRules(loadConfig(path), configAgain(path));
  return { path, write, rules };
}

const names = (rules: Awaited<ReturnType<ReturnType<typeof composeRules>['ofEngine']>>) =>
  rules?.approvers.map(({ name }) => name);

test('an approver taken out of the file is gone without a restart', async (t) => {
  const { write, rules } = openFile(t);
  assert.deepEqual(names(await rules.ofEngine('desk')), ['olga', 'rita']);
  write('olga');
  const now = await rules.ofEngine('desk');
  assert.deepEqual(names(now), ['olga']);
  assert.equal(now?.outdated, null);
});

test('a file that is not valid leaves the last valid rules, and says so', async (t) => {
  const { path, write, rules } = openFile(t);
  write('olga');
  await rules.ofEngine('desk');
  writeFileSync(path, 'engines: [');
  const broken = await rules.ofEngine('desk');
  assert.deepEqual(names(broken), ['olga']);
  assert.match(broken?.outdated ?? '', /not valid now/);
  rmSync(path);
  assert.match((await rules.ofEngine('desk'))?.outdated ?? '', /not valid now/);
});

test('an engine that the file does not name has no rules', async (t) => {
  const { rules } = openFile(t);
  assert.equal(await rules.ofEngine('another'), null);
  assert.equal(await rules.ofEngine('constructor'), null);
});

test('a file that is as it was is not worked out again, and one that is put back counts', (t) => {
  const { path, write } = openFile(t);
  const again = configAgain(path);
  const first = again();
  write('olga', 'rita');
  assert.equal(again(), first, 'the same words');
  write('olga');
  assert.equal(again().approvers.length, 1);
  writeFileSync(path, 'engines: [');
  assert.throws(again, /not YAML/);
  assert.throws(again, /not YAML/);
  write('olga', 'rita');
  assert.deepEqual(again(), first);
});
