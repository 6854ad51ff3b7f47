/** What machines tell breaks its own invariant alone, and what may be is left in peace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CALLS, GOOD } from '../example.js';
import type { Facts } from '../facts.js';
import { judge } from '../judge.js';
import { NO_MACHINE, type Afterwards, type MachineFacts } from './facts.js';

const machine = (change: Partial<MachineFacts>): Partial<Facts> => ({
  machine: { ...NO_MACHINE, ...change },
});

const unseen = (change: Partial<MachineFacts['unseen'][number]>) =>
  machine({ unseen: [{ instanceId: 'e-x', toldAtMs: 30, diedAtMs: null, ...change }] });

function went(what: Afterwards['what'], atMs: number, overForMs = 10_001): Afterwards {
  return { atMs, what, workflowId: 'recovery/i', overForMs };
}

/** The last window is watched for so long, of an engine that had died before. */
function windowOf(ms: number, diedAtMs: number): Partial<Facts> {
  const last = CALLS.at(-1)!;
  const long = { ...last, instanceId: 'e-e9', atMs: last.beganAtMs + ms };
  const life = { engineId: 'e', instanceId: 'e-e9', epoch: 9, bornAtMs: 60, diedAtMs };
  return { calls: [...CALLS.slice(0, -1), long], lives: [GOOD.lives[0]!, life], trading: [] };
}

const BROKEN: [what: string, invariant: string, change: Partial<Facts>][] = [
  ['an engine is started beside one that nobody sees', 'I3', unseen({})],
  ['a process that is no engine is killed', 'I3', machine({ bystanders: [bystander(7)] })],
  ['a fence that no recovery can pass', 'I3', machine({ fenced: 1_000 })],
  [
    'two cancels of a recovery that is over',
    'I1',
    machine({ afterwards: [went('cancel', 90), went('cancel', 91)] }),
  ],
  ['a recovery cancels what an agent has long cancelled', 'I1', cancelledByBoth(1_000)],
  ['a start of a recovery that is over', 'I1', machine({ afterwards: [went('start', 90)] })],
];

function cancelledByBoth(apartMs: number): Partial<Facts> {
  const one = { atMs: 1, what: 'cancel by agent', key: 'cancel binance 7' };
  return { effects: [one, { ...one, atMs: 1 + apartMs, what: 'cancel by relight' }] };
}

function bystander(killedAtMs: number | null): MachineFacts['bystanders'][number] {
  return { pid: 900, killedAtMs };
}

const RIGHT: [what: string, change: Partial<Facts>][] = [
  ['nobody was told of the unseen one', unseen({ toldAtMs: null })],
  ['people had ended the unseen one', unseen({ diedAtMs: 39 })],
  ['a process that is no engine ends by itself', machine({ bystanders: [bystander(null)] })],
  ['a fence that a stop has raised', machine({ fenced: 2 })],
  ['an agent and a recovery cancel at once', cancelledByBoth(999)],
  ['what was on its way', machine({ afterwards: [went('write', 90)] })],
  [
    'within what a lease lasts',
    machine({ afterwards: [went('cancel', 90, 9_999), went('cancel', 91, 9_999)] }),
  ],
];

for (const [what, invariant, change] of BROKEN) {
  test(`${invariant}: ${what}`, () => {
    const found = judge({ ...GOOD, ...change }).map((breach) => breach.invariant);
    assert.deepEqual([...new Set(found)], [invariant]);
  });
}

for (const [what, change] of RIGHT) {
  test(`it breaks nothing: ${what}`, () => assert.deepEqual(judge({ ...GOOD, ...change }), []));
}

test('I8: a window is passed in which the engine was dead for longer than a sample takes', () => {
  const of = (ms: number, diedAtMs: number) =>
    judge({ ...GOOD, ...windowOf(ms, diedAtMs) }).filter(({ what }) => what.includes('had died'));
  assert.deepEqual(
    of(60_000, 1_000).map(({ invariant }) => invariant),
    ['I8'],
  );
  assert.deepEqual(of(60_000, 59_900), []);
});
