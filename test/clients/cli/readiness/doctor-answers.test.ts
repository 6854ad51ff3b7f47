/** How `relight doctor` tells what was found, and how it ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DoctorAnswer, DoctorRow } from '../../../../clients/cli/answers/doctor.js';
import {
  fault,
  ok,
  unverified,
  warning,
  type Finding,
} from '../../../../workflows/domain/readiness/finding.js';
import { run } from '../run.js';

const KEY = { group: 'venue', check: 'key_rights', subject: 'desk kraken' } as const;
const SERVER = { group: 'temporal', check: 'server', subject: null } as const;

type Of = Pick<DoctorRow, 'group' | 'check' | 'subject'>;

function answer(...rows: [Of, Finding][]): DoctorAnswer {
  const checks = rows.map(([of, finding]) => ({ ...of, ...finding }));
  return { host: 'here', engines: ['desk'], atMs: 1, checks };
}

const AWAY: [Of, Finding] = [SERVER, fault('no connection', 'start it')];

for (const [name, rows, code] of [
  ['all is ok', [[KEY, ok('it cannot withdraw')]], 0],
  ['warnings alone', [[KEY, warning('a', 'b')]], 0],
  ['a fault', [[KEY, fault('a', 'b')]], 3],
  ['a fault beside a Temporal that is away', [[KEY, fault('a', 'b')], AWAY], 3],
  ['a Temporal that is away', [[KEY, ok('a')], AWAY], 4],
  ['a Temporal that is away, and more that was not seen', [[KEY, unverified('a', 'b')], AWAY], 4],
  [
    'something unverified',
    [
      [KEY, unverified('a', 'b')],
      [KEY, warning('a', 'b')],
    ],
    5,
  ],
] as [string, [Of, Finding][], number][]) {
  test(`doctor ends with ${code}: ${name}`, async (t) => {
    const { code: ended } = await run(t, { doctor: async () => answer(...rows) }, 'doctor');
    assert.equal(ended, code);
  });
}

test('a line a look, by group, with what to do where it is not ok', async (t) => {
  const found = answer(
    [SERVER, ok('127.0.0.1:7233 answers')],
    [KEY, fault('the key can \u001B[31mWITHDRAW', 'make another')],
  );
  const { stdout } = await run(t, { doctor: async () => found }, 'doctor');
  const [venue, key, temporal, server, counts] = stdout.split('\n');
  assert.deepEqual([venue, temporal], ['venue', 'temporal']);
  assert.match(
    key ?? '',
    /^ {2}FAULT {7}key rights desk kraken: the key can .*WITHDRAW\. Do: make another$/,
  );
  assert.ok(!stdout.includes('\u001B'), 'nothing from outside moves the cursor');
  assert.match(server ?? '', /^ {2}ok {10}server: 127\.0\.0\.1:7233 answers$/);
  assert.equal(counts, '2 looks: 1 ok, 0 warning, 1 FAULT, 0 unverified');
});

test('--json is the answer; what is asked of the operation is what was said', async (t) => {
  const asked: unknown[] = [];
  const doctor = async (...of: unknown[]) => {
    asked.push(of);
    return answer();
  };
  const { stdout } = await run(t, { doctor }, 'doctor', 'desk', '--json', '--send-test-notice');
  assert.deepEqual(JSON.parse(stdout), answer());
  await run(t, { doctor }, 'doctor');
  assert.deepEqual(asked, [
    [['desk'], { sendTestNotice: true }],
    [['desk'], { sendTestNotice: false }],
  ]);
});

test('an engine that is not configured is bad usage, with those that are', async (t) => {
  const { stderr, code } = await run(t, { doctor: async () => answer() }, 'doctor', 'desc');
  assert.equal(code, 2);
  assert.equal(stderr, 'No engine "desc" is configured; there are: desk\n');
});
