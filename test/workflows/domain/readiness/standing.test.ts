/** In one word how an engine stands: an order of what is known, and never better than its proofs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  judgeStanding,
  partOfPolls,
  type Facts,
  type Part,
} from '../../../../workflows/domain/readiness/standing.js';

const part = (state: Part['state'], says: string = state): Part => ({ state, says });
const WELL: Facts = {
  question: null,
  recovering: false,
  percent: null,
  asked: true,
  killSwitch: false,
  last: null,
  unseen: null,
  sight: 'alive',
  agent: part('alive'),
  worker: part('alive'),
  engine: part('alive', 'pid 7 lives'),
};
const GONE: Partial<Facts> = { sight: 'gone', engine: part('dead', 'pid 7 is gone') };
const HALTED = { incidentId: 'desk/1', outcome: 'halted' };

const CASES: readonly [what: string, change: Partial<Facts>, state: string, why: RegExp][] = [
  ['a process that lives and is watched', {}, 'trading', /^pid 7 lives$/],
  ['an open question', { question: 'exposure' }, 'waiting', /answer: exposure/],
  [
    'an open question, its agent dead',
    { question: 'exposure', recovering: true, agent: part('dead') },
    'waiting',
    /exposure/,
  ],
  ['a recovery before its ramp', { recovering: true, ...GONE }, 'recovering', /not trade yet/],
  ['a recovery at half', { recovering: true, percent: 50 }, 'recovering', /50 %/],
  ['a dead agent', { agent: part('dead', 'no agent') }, 'not_watched', /see it die: no agent/],
  ['an agent that nobody could ask for', { agent: part('not_known') }, 'not_watched', /see it die/],
  ['a dead worker', { worker: part('dead', 'none') }, 'not_watched', /recover it: none/],
  [
    'a recovery without a worker',
    { recovering: true, worker: part('dead') },
    'not_watched',
    /recover/,
  ],
  ['an engine without a sign', { unseen: 'no sign' }, 'not_watched', /^no sign$/],
  ['an engine never seen', { sight: 'never_seen' }, 'not_watched', /never seen/],
  ['a guardian that does not answer', { asked: false }, 'not_known', /could not be asked/],
  ['an engine of another host', { sight: 'elsewhere' }, 'not_known', /./],
  ['a process that is gone', GONE, 'stopped', /^pid 7 is gone$/],
  ['one that a recovery left', { ...GONE, last: HALTED }, 'stopped', /desk\/1 ended halted/],
  ['one that has said goodbye', { sight: 'leaving' }, 'stopped', /./],
  ['a kill switch', { ...GONE, killSwitch: true }, 'stopped', /kill switch/],
  ['a kill switch, and it lives', { killSwitch: true }, 'not_known', /engaged, and pid 7 lives/],
];

for (const [what, change, state, why] of CASES) {
  test(`${what}: ${state}`, () => {
    const standing = judgeStanding({ ...WELL, ...change });
    assert.equal(standing.state, state);
    assert.match(standing.why, why);
    assert.equal(standing.percent, change.recovering === true ? (change.percent ?? null) : null);
  });
}

test('nothing is called trading without each of its proofs', () => {
  const states = fc.constantFrom<Part['state']>('alive', 'dead', 'not_known').map((s) => part(s));
  const facts = fc.record<Facts>({
    question: fc.constantFrom(null, 'exposure'),
    recovering: fc.boolean(),
    percent: fc.constantFrom(null, 50),
    asked: fc.boolean(),
    killSwitch: fc.boolean(),
    last: fc.constantFrom(null, HALTED),
    unseen: fc.constantFrom(null, 'no sign'),
    sight: fc.constantFrom('alive', 'leaving', 'gone', 'never_seen', 'elsewhere'),
    agent: states,
    worker: states,
    engine: states,
  });
  fc.assert(
    fc.property(facts, (given) => {
      const { state } = judgeStanding(given);
      const isProved =
        given.sight === 'alive' &&
        given.agent.state === 'alive' &&
        given.worker.state !== 'dead' &&
        given.asked &&
        !given.killSwitch &&
        !given.recovering &&
        given.question === null &&
        given.unseen === null;
      assert.equal(state === 'trading', isProved);
      if (given.question !== null) assert.equal(state, 'waiting');
    }),
    { numRuns: 2_000, seed: 20_261_130 },
  );
});

test('who has not asked for work of late is dead, and who could not be asked for is not known', () => {
  const now = { nowMs: 1_000_000, goneAfterMs: 90_000 };
  const of = (...ages: number[]) =>
    partOfPolls(
      ages.map((ms) => ({ identity: 'a', atMs: now.nowMs - ms })),
      'agent',
      now,
    );
  assert.equal(partOfPolls(null, 'agent', now).state, 'not_known');
  assert.equal(of().state, 'dead');
  assert.equal(of(89_999, 200_000).state, 'alive');
  assert.deepEqual(
    [of(90_000).state, of(90_000).says],
    ['dead', 'no agent is at work since 1970-01-01T00:15:10.000Z'],
  );
});
