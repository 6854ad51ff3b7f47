/** The list of `liveness`: its kinds, the former form of it, and what is refused by name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LivenessSettings } from '../../../clients/detector/settings.js';
import { refusalWith } from './load-text.js';

const refusedFor = (liveness: unknown) =>
  refusalWith(['engines', 'alpha', 'liveness'], liveness).slice(1).join('\n');

const socket = { kind: 'socket', socket: '/run/relight/alpha.sock' };
const heartbeat = { kind: 'heartbeat', file: '/dev/shm/alpha' };

test('the former form means a socket, a heartbeat file and the process table, as it did', () => {
  const former = { socket: '/a', heartbeatFile: '/b', procfsEveryMs: 7, goodbyeMs: 900 };
  assert.deepEqual(LivenessSettings.parse(former), [
    { kind: 'socket', socket: '/a', goodbyeMs: 900 },
    { kind: 'heartbeat', file: '/b' },
    { kind: 'process', everyMs: 7 },
  ]);
  assert.deepEqual(LivenessSettings.parse({ socket: '/a', heartbeatFile: '/b' }), [
    { kind: 'socket', socket: '/a', goodbyeMs: 3_000 },
    { kind: 'heartbeat', file: '/b' },
    { kind: 'process', everyMs: 25 },
  ]);
  assert.equal(refusedFor({ socket: '/a', heartbeatFile: '/b' }), '');
});

const ACCEPTED: readonly object[][] = [
  [socket],
  [heartbeat],
  [{ kind: 'process', pidFile: 'run/alpha.pid' }],
  [{ kind: 'process', match: { command: 'trading_engine' } }],
  [{ kind: 'process', unit: 'alpha@1.service' }],
  [socket, heartbeat, { kind: 'process' }, { kind: 'process', match: { command: '^alpha ' } }],
];

test('each way to name the engine is enough alone, and all of them go together', () => {
  for (const liveness of ACCEPTED) assert.equal(refusedFor(liveness), '', JSON.stringify(liveness));
});

const REFUSED: readonly [liveness: unknown, why: RegExp][] = [
  [[], /liveness.*has no entry, so nothing would see a crash: docs\/liveness\.md names the kinds/],
  [[socket, socket], /liveness has several entries of kind socket, and an engine has one/],
  [[heartbeat, heartbeat], /liveness has several entries of kind heartbeat/],
  [[{ kind: 'process' }], /liveness \(process\) says of no process that it is the engine: add/],
  [
    [{ kind: 'process', pidFile: '/p', unit: 'alpha.service' }],
    /liveness\[0\].*names a process in two ways: write an entry for each/,
  ],
  [[{ kind: 'process', match: { command: '(' } }], /command.*is no regular expression/],
  [[{ kind: 'process', match: { command: 'a', executable: 'b' } }], /"b" must be a whole path/],
  [[{ kind: 'process', unit: 'alpha; reboot' }], /must be a unit of systemd, such as/],
  [[{ kind: 'process', unit: '--all.service' }], /must be a unit of systemd, such as/],
  [[{ ...socket, goodbyMs: 200 }], /goodbyMs.*unknown setting: did you mean goodbyeMs\?/],
  [[{ kind: 'sokcet' }], /liveness\[0\]/],
  [{ socket: '/a' }, /liveness\.heartbeatFile .*is missing/],
  [{ socket: '/a', heartbeatFile: '/b', procfsEveryMs: 0 }, /0 must be at least 1/],
  [{ socket: '/a', heartbeatFile: '/b', procfsEvryMs: 9 }, /did you mean procfsEveryMs\?/],
  ['socket', /liveness/],
];

test('what names nobody, names somebody twice or nobody reads is refused with the remedy', () => {
  for (const [liveness, why] of REFUSED) assert.match(refusedFor(liveness), why);
});
