/** The list of `liveness`: its kinds, the former form of it, and what is refused by name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { z } from 'zod';
import { FirstSign, LivenessSettings } from '../../../clients/detector/settings.js';
import { example, refusal, refusalWith } from './load-text.js';

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
  [{ kind: 'health', url: 'http://127.0.0.1:1/', match: { command: 'trading_engine' } }],
  [{ kind: 'core', match: { command: 'trading_engine' } }],
  [{ kind: 'core', folder: 'cores', name: 'core.%e.%p', match: { command: 'trading_engine' } }],
  [{ kind: 'systemd', unit: 'alpha.service' }],
  [
    socket,
    { kind: 'log', file: 'log/alpha', line: '^FATAL ', means: 'dead' },
    { kind: 'log', file: 'log/alpha', line: 'not moved', means: 'hung' },
    { kind: 'core' },
  ],
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
  [[{ kind: 'process', match: { command: '.*' } }], /command.*fits an empty text.*trading_engine/],
  [
    [socket, { kind: 'log', file: '/l', line: 'x?', means: 'dead' }],
    /line.*fits an empty text, so that it tells nothing apart: write one, such as "FATAL"/,
  ],
  [[socket, { kind: 'threads', thread: '', stillMs: 1_000 }], /thread/],
  [
    [socket, { kind: 'threads', thread: '^market-data-feed$', stillMs: 1_000 }],
    /thread.*longer than a thread's name, of which the kernel keeps 15 bytes: write its beginning/,
  ],
  [[{ kind: 'process', match: { command: 'a', executable: 'b' } }], /"b" must be a whole path/],
  [[{ kind: 'process', unit: 'alpha; reboot' }], /must be a unit of systemd, such as/],
  [[{ kind: 'process', unit: '--all.service' }], /must be a unit of systemd, such as/],
  [[{ kind: 'core' }], /liveness \(core\) says of no process that it is the engine: add/],
  [[socket, { kind: 'core', name: '|/bin/x' }], /must be a name as in core_pattern, such as/],
  [[socket, { kind: 'core', name: 'a/core' }], /must be a name as in core_pattern, such as/],
  [[socket, { kind: 'log', file: '/l', line: '(', means: 'dead' }], /line.*is no regular/],
  [[socket, { kind: 'log', file: '/l', line: 'a' }], /means.*is missing/],
  [[{ kind: 'systemd', unit: 'alpha' }], /must be a unit of systemd, such as/],
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

test('an engine that never came up is told by default, and recovered only where it is waited for', () => {
  assert.deepEqual(z.object(FirstSign).parse({}), { startsWithinMs: 300_000, neverCameUp: 'tell' });
  const refused = (settings: object) => {
    const data = example() as { engines: { alpha: object } };
    Object.assign(data.engines.alpha, settings);
    return refusal(stringify(data, { aliasDuplicateObjects: false })).join('\n');
  };
  assert.equal(refused({ neverCameUp: 'recover' }), '');
  assert.match(refused({ neverCameUp: 'always' }), /engines\.alpha\.neverCameUp/);
  const never = refused({ neverCameUp: 'recover', startsWithinMs: null });
  assert.match(never, /neverCameUp is recover, and startsWithinMs is null.*: set startsWithinMs/);
});
