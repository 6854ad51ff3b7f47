/**
 * Signed commands on a configuration of which another engine and a channel are not valid: what stops goes on to
 * Temporal, what starts something is refused with each fault. The real command; Temporal is where nobody listens.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { folderOf } from '../../../clients/host/processes.js';
import { ONCALL_KEY, relight, writeEngines } from '../../processes/parts.js';

async function openBroken(t: TestContext) {
  const folder = folderOf(t);
  const path = writeEngines(folder, { alpha: {}, beta: {} });
  const key = join(folder, 'oncall.key');
  writeFileSync(key, `${ONCALL_KEY}\n`, { mode: 0o600 });
  const made = relight(t, ['keys', 'messages', 'make', '--config', path]);
  assert.equal(await made.ended, 0, made.seen.stderr);
  const file = parse(readFileSync(path, 'utf8')) as { engines: Record<string, object> };
  Object.assign(file.engines['beta'] ?? assert.fail(), { polcy: {} });
  writeFileSync(path, stringify({ ...file, notify: [{ kind: 'pigeon' }] }));
  return async (...args: string[]) => {
    const signed = ['--reason', 'x', '--as', 'on-call', '--key', key, '--config', path];
    const ran = relight(t, [...args, ...signed]);
    return { code: await ran.ended, stderr: ran.seen.stderr };
  };
}

test('hold and abort need no more of a configuration than that it names the engine', async (t) => {
  const command = await openBroken(t);
  for (const args of [
    ['hold', 'alpha'],
    ['hold', 'beta'],
    ['abort', 'alpha/a1'],
  ]) {
    const { code, stderr } = await command(...args);
    assert.match(stderr, /Temporal does not answer/, args.join(' '));
    assert.match(stderr, /engines\.beta is left out: .*polcy/, args.join(' '));
    assert.equal(code, 4, args.join(' '));
  }
  const strange = await command('hold', 'gamma');
  assert.equal(strange.code, 2);
  assert.match(strange.stderr, /No engine "gamma" is configured/);
});

test('what starts something is refused, with the field, the value and the remedy of each fault', async (t) => {
  const command = await openBroken(t);
  for (const args of [
    ['release', 'alpha'],
    ['retry', 'alpha/a1'],
    ['recover', 'alpha'],
    ['failover', 'alpha', '--to', 'there'],
  ]) {
    const { code, stderr } = await command(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, /relight\.yaml is not valid:\n/);
    assert.match(stderr, /engines\.beta\.polcy .*unknown setting: did you mean policy/);
    assert.match(stderr, /notify\[0\].*pigeon/);
  }
});
