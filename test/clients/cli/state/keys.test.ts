/** `relight keys`: who may answer what, until when; and a signature to try a key with. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { KeysAnswer, KeyTestAnswer } from '../../../../clients/cli/answers/keys.js';
import { Approver } from '../../../../workflows/domain/gates/approver.js';
import { publicKeyOf } from '../../../../workflows/domain/gates/decision.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';
import { whyNo } from '../../../needs.js';
import { run } from '../run.js';

const MEI = '11'.repeat(32);
const JONAS = '22'.repeat(32);

function peopleOf(change: { mei?: object; quorum?: number } = {}) {
  const approvers = [
    { name: 'mei', roles: ['ops'], keys: [{ ed25519: publicKeyOf(MEI), ...change.mei }] },
    { name: 'jonas', roles: ['risk'], keys: [{ ed25519: publicKeyOf(JONAS) }] },
  ].map((person) => Approver.parse(person));
  const policy = RecoveryPolicy.parse({ gates: { quorum: change.quorum ?? 1 } });
  return { people: () => ({ approvers, engines: [{ engineId: 'desk', policy }] }) };
}

function keyFile(t: TestContext, seed: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'relight-keys-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const path = join(folder, 'me.key');
  writeFileSync(path, seed, { mode: 0o600 });
  return path;
}

test('keys says who may answer what, with which keys, until when', async (t) => {
  const { stdout, code } = await run(t, peopleOf({ mei: { until: '2999-12-31' } }), 'keys');
  assert.equal(code, 0);
  assert.match(stdout, /^mei \(ops\), until 3000-01-01 /m);
  assert.match(stdout, new RegExp(`counts {2}ed25519 ${publicKeyOf(MEI)}`));
  assert.match(stdout, /Gates of desk\n/);
  assert.match(stdout, /manual_recovery.*\n {4}1 of role risk; now: jonas/);
});

test('a key that counts no more is no answer, and too few people are said with exit code 3', async (t) => {
  const ended = peopleOf({ mei: { revoked: '2026-01-01' }, quorum: 2 });
  const { stdout, code } = await run(t, ended, 'keys');
  assert.equal(code, 3);
  assert.match(stdout, /NOT {2}ed25519/);
  assert.match(stdout, /The key of "mei" is revoked since 2026-01-01T00:00:00\.000Z/);
  assert.match(stdout, /TOO FEW: 2 of role/);
  const answer = KeysAnswer.parse(JSON.parse((await run(t, ended, 'keys', '--json')).stdout));
  const [mei] = answer.people;
  assert.deepEqual([mei?.keys[0]?.counts, mei?.keys[0]?.revoked], [false, '2026-01-01']);
  assert.ok(answer.gates.every(({ able }) => !able.includes('mei')));
});

test('a test signature says what an answer with that key would meet', async (t) => {
  const mine = ['keys', 'test', '--as', 'mei', '--key', keyFile(t, MEI)];
  const good = await run(t, peopleOf(), ...mine);
  assert.equal(good.code, 0);
  assert.match(good.stdout, /^It counts as mei: ed25519 .*\n {2}of desk it may answer: .*exposure/);
  assert.doesNotMatch(good.stdout, /manual_recovery/, 'that is for the role risk');
  const ended = await run(t, peopleOf({ mei: { until: '2026-01-01' } }), ...mine);
  assert.equal(ended.code, 3);
  assert.match(ended.stderr, /It would be refused, .*counted until 2026-01-02T00/);
  const json = await run(t, peopleOf(), ...mine, '--json');
  assert.equal(KeyTestAnswer.parse(JSON.parse(json.stdout)).counts, true);
});

test('the key of somebody else is named: which file, which key, and whose it is', async (t) => {
  const file = keyFile(t, JONAS);
  const { stderr, code } = await run(t, peopleOf(), 'keys', 'test', '--as', 'mei', '--key', file);
  assert.equal(code, 3);
  for (const said of [file, publicKeyOf(JONAS), 'a key of "jonas"', 'not of "mei"']) {
    assert.ok(stderr.includes(said), said);
  }
  const stranger = await run(t, peopleOf(), 'keys', 'test', '--as', 'eve', '--key', file);
  assert.match(stranger.stderr, /"eve" is not among the approvers \(there are: mei, jonas\)/);
});

test(
  'an SSH key is tried by its own way, and named by its fingerprint',
  { skip: whyNo('ssh') },
  async (t) => {
    const file = join(keyFile(t, MEI), '..', 'id');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    const line = readFileSync(`${file}.pub`, 'utf8');
    const fingerprint = execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' });
    const { people } = peopleOf();
    const own = Approver.parse({ name: 'ada', roles: ['ops'], keys: [{ ssh: line }] });
    const withAda = { people: () => ({ ...people(), approvers: [...people().approvers, own] }) };
    const tried = await run(t, withAda, 'keys', 'test', '--as', 'ada', '--ssh-key', file);
    assert.equal(tried.code, 0, tried.stderr);
    const [, named = ''] = /(SHA256:\S+)/.exec(tried.stdout) ?? [];
    assert.ok(fingerprint.includes(` ${named} `), `${fingerprint} has ${named}`);
    const other = await run(t, withAda, 'keys', 'test', '--as', 'mei', '--ssh-key', file);
    assert.match(other.stderr, /SHA256:.*a key of "ada"/);
  },
);
