/** How a plan is shown, and how the command ends: alone, asking, not at all, not known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanAnswer, PlanStep } from '../../../../clients/cli/answers/plan.js';
import { run } from '../run.js';

const STEP: PlanStep = {
  number: 7,
  step: 'risk',
  does: ['exposure 5 of 10'],
  asks: [],
  unread: [],
  later: ['the limits that it loads'],
};
const PLAN: PlanAnswer = {
  engineId: 'desk',
  host: 'here',
  takenAtMs: 0,
  living: [],
  blocked: [],
  source: null,
  steps: [STEP],
  counts: null,
  differing: [],
  positions: [],
  exposure: null,
  orders: [
    {
      venue: 'kraken',
      account: 'main',
      instrument: 'BTC/USD',
      side: 'buy',
      price: '1',
      quantity: '2',
      filled: '0',
      clientOrderId: 'rl-1',
      venueOrderId: null,
      fate: 'never_arrived',
      note: '',
    },
  ],
  stages: [],
};
const QUESTION = {
  gate: 'exposure' as const,
  why: 'exposure 50 is above 10',
  roles: ['risk'],
  quorum: 1,
  able: ['mei'],
  expiresAfterMs: 1_800_000,
};

test('each step is shown with its question and whose it is, and the orders with their fates', async (t) => {
  const asking = { ...PLAN, steps: [{ ...STEP, asks: [QUESTION] }] };
  const { stdout, code } = await run(t, { plan: async () => asking }, 'plan', 'desk');
  assert.match(stdout, / 7 {2}Risk checks\n {6}exposure 5 of 10/);
  assert.match(stdout, /ASKS {2}exposure: exposure 50 is above 10\. Of 1 with role risk \(mei\)/);
  assert.match(stdout, /kraken +rl-1 .*never arrived/);
  assert.match(stdout, /wait for people at 1 gate: exposure/);
  assert.equal(code, 3);
});

test('the exit code: 0 alone, 3 asked or blocked, 5 not all was read, and 3 wins', async (t) => {
  const unread = { ...STEP, unread: ['the exposure: EIO'] };
  const ends: [PlanAnswer, number][] = [
    [PLAN, 0],
    [{ ...PLAN, blocked: ['it is on hold: holidays'] }, 3],
    [{ ...PLAN, steps: [unread] }, 5],
    [{ ...PLAN, steps: [{ ...unread, asks: [QUESTION] }] }, 3],
  ];
  for (const [answer, expected] of ends) {
    const { code, stdout } = await run(t, { plan: async () => answer }, 'plan', '--json');
    assert.deepEqual(JSON.parse(stdout), answer);
    assert.equal(code ?? 0, expected);
  }
});
