/** What is found, judged: each fault, each warning, and that what was not told is never ok. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  judgeCoreLimit,
  judgeCorePattern,
  judgeRoom,
  type CorePlaces,
} from '../../../../workflows/domain/readiness/host.js';
import { judgeRights } from '../../../../workflows/domain/readiness/key-rights.js';
import { answeredAlike, judgePeople } from '../../../../workflows/domain/readiness/people.js';
import { judgePolls } from '../../../../workflows/domain/readiness/polls.js';
import {
  judgeClock,
  judgePrices,
  judgeUnreadable,
} from '../../../../workflows/domain/readiness/venue.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';
import { GateKind } from '../../../../workflows/domain/content/gate-kind.js';

const MIB = 1024 * 1024;

test('room: a disk without bytes or without files is a fault, a tight one a warning', () => {
  const of = (mib: number, files: number | null) => judgeRoom({ bytes: mib * MIB, files }).verdict;
  assert.deepEqual(
    [
      of(63, null),
      of(64, null),
      of(1_023, null),
      of(1_024, null),
      of(9_000, 999),
      of(9_000, 1_000),
    ],
    ['fault', 'warning', 'warning', 'ok', 'fault', 'ok'],
  );
});

const PLACES: CorePlaces = {
  pattern: '/cores/core.%p',
  folder: { path: '/cores', isThere: true },
  program: null,
  coreFolder: '/engine',
  workingFolder: '/engine',
};

test('cores that are lost, given away or written elsewhere are warnings with what to do', () => {
  const of = (change: Partial<CorePlaces>) => judgeCorePattern({ ...PLACES, ...change }, 'remedy');
  const relative = { pattern: 'core', folder: null };
  const program = { name: 'apport', isAsked: false, remedy: 'ask apport' };
  assert.equal(of({}).verdict, 'ok');
  assert.equal(of(relative).verdict, 'ok');
  assert.deepEqual(of({ ...relative, coreFolder: '/elsewhere' }), {
    verdict: 'warning',
    found: 'cores are written where the engine works ("core"), and looked for in /elsewhere',
    remedy: 'remedy',
  });
  assert.match(of({ pattern: '', folder: null }).found, /is empty: no core is written/);
  assert.equal(of({ folder: { path: '/cores', isThere: false } }).remedy, 'mkdir /cores');
  assert.equal(of({ program, folder: null }).remedy, 'ask apport');
  assert.equal(of({ program: { ...program, isAsked: true }, folder: null }).verdict, 'ok');
});

test('a limit of cores is told of the engine that lives, else of whoever starts one', () => {
  const of = (pid: number | null, soft: string, hard: string) =>
    judgeCoreLimit({ pid, soft, hard }).found;
  assert.equal(of(7, '0', 'unlimited'), 'pid 7 writes no core (its limit)');
  assert.equal(of(7, '4096', '4096'), 'pid 7 writes at most 4096 bytes of a core (its limit)');
  assert.equal(of(7, 'unlimited', 'unlimited'), 'pid 7 may write one');
  assert.match(of(null, '0', '0'), /^who is started from here writes at most 0 bytes/);
  assert.equal(of(null, '0', 'unlimited'), 'a core may be of any size (hard limit)');
});

test('rights that a venue does not tell are unverified, never fine', () => {
  const at = { field: 'venues.okx', contains: true };
  assert.deepEqual(
    judgeRights(null, at).map(({ verdict }) => verdict),
    ['unverified'],
  );
});

test('clocks: as far off as requests are taken is fine, what nobody can tell is unverified', () => {
  assert.deepEqual(
    [0, 2_000, -2_000, 2_001, -2_001, null].map((ms) => judgeClock(ms).verdict),
    ['ok', 'ok', 'ok', 'warning', 'warning', 'unverified'],
  );
  assert.match(judgeClock(-61_500).found, /61\.5 s behind that of the venue/);
});

test('what has a market without a price now cannot be declared harmless', () => {
  const { remedy } = judgePrices({ unpriced: ['kraken SOL'], unquoted: [] }, 'desk');
  assert.equal(remedy, 'look why its market tells no price now');
});

test('a refusal is a fault, silence is unverified', () => {
  assert.equal(judgeUnreadable('it refuses the key', true).verdict, 'fault');
  assert.equal(judgeUnreadable('no answer', false).verdict, 'unverified');
});

test('gates are told together where the same people answer them', () => {
  const { gates } = RecoveryPolicy.parse({
    gates: { roles: ['ops'], quorum: 2, kinds: { exposure: { roles: ['risk'] } } },
  });
  const people = ['a', 'b', 'c'].map((name) => ({ name, roles: ['ops'] }));
  const alike = answeredAlike({ gates }, [...people, { name: 'd', roles: ['risk'] }]);
  assert.deepEqual(
    alike.flatMap(({ kinds }) => kinds).toSorted(),
    GateKind.options.toSorted(),
    'each kind stands in one of them',
  );
  const exposure = alike.find(({ kinds }) => kinds.includes('exposure'));
  assert.deepEqual(exposure?.able, ['d']);
  assert.deepEqual(
    alike.map((one) => `${one.roles.join()} ${judgePeople(one, 'desk').verdict}`).toSorted(),
    ['ops ok', 'risk fault'],
  );
});

test('who has not asked for work lately is not at work; two agents of one host are a fault', () => {
  const queue = { name: 'q', who: 'agent', start: 'relight agent', onlyOne: true };
  const now = { nowMs: 1_000_000, goneAfterMs: 90_000 };
  const of = (...ages: number[]) =>
    judgePolls(
      ages.map((ms, index) => ({ identity: `a${index}`, atMs: now.nowMs - ms })),
      queue,
      now,
    );
  assert.equal(of().found, 'no agent asks for work on the queue q');
  assert.equal(of(200_000).found, 'no agent asks for work on the queue q (not for 200 s)');
  assert.equal(of(1_000, 200_000).found, '1 agent of q at work');
  assert.match(of(1_000, 2_000).found, /^2 of them ask for the work of q: a0, a1$/);
  assert.equal(of(1_000, 2_000).verdict, 'fault');
});
