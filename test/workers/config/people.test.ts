/** Who answers gates, in the configuration: keys, names, and questions that nobody could answer. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { approversOf, loadConfig } from '../../../workers/config/load.js';
import { publicKeyOf } from '../../../workflows/domain/gates/decision.js';
import { relight, writeConfig } from '../processes/parts.js';

const key = (digit: string) => [{ ed25519: publicKeyOf(digit.repeat(64)) }];
const MEI = { name: 'mei', roles: ['ops'], keys: key('1') };
const JONAS = { name: 'jonas', roles: ['risk'], keys: key('2') };

function written(t: TestContext, approvers: object[], gates: object = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'relight-people-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const path = writeConfig(folder, { approvers });
  const config = parse(readFileSync(path, 'utf8')) as { engines: { desk: { policy?: object } } };
  config.engines.desk.policy = { gates };
  writeFileSync(path, stringify(config));
  return path;
}

function refusal(t: TestContext, approvers: object[], gates: object = {}): string {
  const path = written(t, approvers, gates);
  try {
    loadConfig(path);
    return 'taken';
  } catch (error) {
    assert.equal((error as Error).name, 'ConfigError');
    return (error as Error).message;
  }
}

test('gates that somebody can answer are taken', (t) => {
  assert.equal(refusal(t, [MEI, JONAS]), 'taken');
  assert.equal(
    refusal(t, [MEI, JONAS], { quorum: 2, kinds: { manual_recovery: { quorum: 1 } } }),
    'taken',
  );
  const head = { ...MEI, roles: ['head'] };
  assert.equal(refusal(t, [head, JONAS], { roles: ['head'] }), 'taken');
});

for (const [what, approvers, gates, said] of [
  ['roles that were renamed', [MEI, JONAS], { roles: ['operations'] }, /role operations, and 0/],
  ['a quorum of more than there are', [MEI, JONAS], { quorum: 3 }, /3 .*, and 2 are configured/],
  [
    'nobody for the manual checklist',
    [MEI],
    {},
    /its gates .*"manual_recovery" need 1 approver of role risk/,
  ],
  [
    'a kind whose role nobody has',
    [MEI, JONAS],
    { kinds: { ramp: { roles: ['cto'] } } },
    /gates "ramp_paused" and "ramp" need|gates "ramp" and "ramp_paused" need/,
  ],
] as const) {
  test(`${what}: a gate that nobody can answer is refused at load`, (t) => {
    const message = refusal(t, [...approvers], gates);
    assert.match(message, said);
    assert.match(message, /Add them under approvers .* or change engines\.desk\.policy\.gates/);
  });
}

for (const [what, approvers, said] of [
  [
    'a key of zeros',
    [{ ...JONAS, keys: [{ ed25519: '0'.repeat(64) }] }],
    /"jonas" is refused: .*small order/,
  ],
  ['one key for two', [MEI, { ...JONAS, keys: MEI.keys }], /"mei" and "jonas" have the same key/],
  ['names that look alike', [MEI, { ...JONAS, name: 'Mei' }], /"mei" and "Mei" look alike/],
  [
    'a private key',
    [{ ...JONAS, keys: [{ ssh: '-----BEGIN OPENSSH PRIVATE KEY-----' }] }],
    /PRIVATE key/,
  ],
] as const) {
  test(`${what} is refused at load, with the name`, (t) => {
    const message = refusal(t, [...approvers]);
    assert.match(message, /approvers: /);
    assert.match(message, said);
  });
}

test('the kill switch waits for no approver to be put right', async (t) => {
  for (const approvers of [[{ ...JONAS, name: ' ' }]]) {
    const path = written(t, approvers);
    assert.throws(() => loadConfig(path), { name: 'ConfigError' });
    assert.deepEqual(loadConfig(path, { toStop: true }).approvers, []);
    const stop = relight(t, ['shutdown', '--release', '--reason', 'test', '--config', path]);
    await stop.ended;
    assert.match(stop.seen.stdout, /^desk: it was not engaged\n/, stop.seen.stderr);
  }
});

test('a proof compares keys with the configuration that is named, or is here', (t) => {
  const path = written(t, [MEI, JONAS]);
  assert.deepEqual(
    approversOf(path)?.map(({ name }) => name),
    ['mei', 'jonas'],
  );
  assert.throws(() => approversOf(`${path}.none`), { name: 'ConfigError' });
  assert.equal(approversOf(undefined), null);
});
