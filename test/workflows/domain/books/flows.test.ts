/** Which cash flows explain a change of a balance, given that two clocks differ. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { reconcile } from '../../../../workflows/domain/reconciliation/reconciliation.js';
import { appliedFlowId } from '../../../../workflows/domain/books/keys.js';
import type { CashFlow } from '../../../../workflows/domain/books/state.js';
import { balance, engineState, readable, snapshot } from '../builders.js';
import { toText, toUnits } from '../exact.js';

const AS_OF_MS = 5000;

function flow(change: Partial<CashFlow> = {}): CashFlow {
  return {
    venue: 'alpha',
    account: 'main',
    id: 'f-1',
    kind: 'funding',
    asset: 'USDT',
    amount: '-3',
    instrument: null,
    timeMs: AS_OF_MS + 1,
    ...change,
  };
}

/** The line of 1000 USDT inside, and what became of it. */
function run(total: string, cashFlows: CashFlow[] | null, applied: string[] = []) {
  const appliedFills: Record<string, string[]> = applied.length === 0 ? {} : { alpha: applied };
  const result = reconcile(
    engineState({ balances: [balance()], appliedFills }),
    snapshot(readable('alpha', { balances: [balance({ total })], cashFlows })),
    { tolerance: '0.0001', asOfMs: AS_OF_MS },
  );
  const line = result.lines.find(({ account, item }) => account === 'main' && item === 'USDT');
  const { verdict, explainedByFlows, unexplained } = line ?? {};
  return { verdict, explainedByFlows, unexplained, result };
}

function verdictOf(...given: Parameters<typeof run>) {
  const { verdict, explainedByFlows, unexplained } = run(...given);
  return [verdict, explainedByFlows, unexplained];
}

test('a flow after the time of the state explains the balance', () => {
  assert.deepEqual(verdictOf('997', [flow()]), ['explained', '-3', '0']);
});

test('a flow at or before the time of the state is in the balance already', () => {
  assert.deepEqual(verdictOf('1000', [flow({ timeMs: AS_OF_MS })]), ['match', '0', '0']);
});

test('where the clocks differ, an earlier flow that is not in the balance explains it', () => {
  const cashFlows = [flow({ timeMs: AS_OF_MS - 10 }), flow({ id: 'f-2', amount: '-2' })];
  assert.deepEqual(verdictOf('995', cashFlows), ['explained', '-5', '0']);
  assert.deepEqual(verdictOf('998', cashFlows), ['explained', '-2', '0']);
});

test('what neither reading of the clocks explains is unexplained', () => {
  const cashFlows = [flow({ timeMs: AS_OF_MS - 10 }), flow({ id: 'f-2', amount: '-2' })];
  assert.deepEqual(verdictOf('996', cashFlows), ['unexplained', '-2', '-2']);
});

test('a flow that the engine booked by name counts no more, whatever its time', () => {
  const late = flow();
  assert.deepEqual(verdictOf('1000', [late], [appliedFlowId(late)]), ['match', '0', '0']);
});

test('a flow reported twice counts once; another asset or account is another flow', () => {
  assert.deepEqual(verdictOf('997', [flow(), flow()]), ['explained', '-3', '0']);
  const others = [flow({ asset: 'BNB' }), flow({ account: 'other' })];
  assert.deepEqual(verdictOf('997', [flow(), ...others]), ['explained', '-3', '0']);
});

test('without flows a change of the balance is unexplained', () => {
  assert.deepEqual(verdictOf('997', null), ['unexplained', '0', '-3']);
});

test('a flow of an asset that nobody holds is told, not lost', () => {
  const { result } = run('1000', [flow({ asset: 'BNB', amount: '5' })]);
  const line = result.lines.find(({ item }) => item === 'BNB');
  assert.deepEqual([line?.verdict, line?.unexplained], ['unexplained', '-5']);
});

test('every flow that was seen is remembered, once, by its name', () => {
  const flows = [flow(), flow({ id: 'f-0', timeMs: AS_OF_MS - 1 })];
  const { state, flowsApplied } = run('997', flows).result;
  assert.equal(flowsApplied, 2);
  assert.deepEqual(state.appliedFills, { alpha: ['main|cash|USDT|f-0', 'main|cash|USDT|f-1'] });
});

test('without a time of the state all flows count', () => {
  const { lines } = reconcile(
    engineState({ balances: [balance()] }),
    snapshot(
      readable('alpha', {
        balances: [balance({ total: '997' })],
        cashFlows: [flow({ timeMs: 0 })],
      }),
    ),
    { tolerance: '0.0001' },
  );
  assert.equal(lines[0]?.verdict, 'explained');
});

const flowRows = fc.array(
  fc.record({
    units: fc.integer({ min: -(10 ** 6), max: 10 ** 6 }).filter((n) => n !== 0),
    later: fc.boolean(),
    booked: fc.boolean(),
  }),
  { maxLength: 10 },
);

test('flows that are booked, earlier, later, late and unseen: the model and the line agree', () => {
  fc.assert(
    fc.property(flowRows, fc.boolean(), fc.integer({ min: -5, max: 5 }), (rows, skewed, gift) => {
      const flows = rows.map(({ units, later }, index) =>
        flow({
          id: `f-${index}`,
          amount: toText(BigInt(units), 3),
          timeMs: AS_OF_MS + (later ? index + 1 : -index),
        }),
      );
      const unbooked = flows.filter((_, index) => rows[index]?.booked !== true);
      const sum = (list: readonly CashFlow[]) =>
        list.reduce((total, { amount }) => total + toUnits(amount), 0n);
      const later = sum(unbooked.filter(({ timeMs }) => timeMs > AS_OF_MS));
      const moved = (skewed ? sum(unbooked) : later) + toUnits(toText(BigInt(gift), 3));
      const booked = flows.filter((each) => !unbooked.includes(each)).map(appliedFlowId);
      const { verdict, result } = run(toText(toUnits('1000') + moved), flows, booked);

      const fits = (by: bigint) => (moved - by) ** 2n <= toUnits('0.0001') ** 2n;
      const expected = fits(later) || fits(sum(unbooked)) ? 'fits' : 'unexplained';
      assert.equal(verdict === 'unexplained' ? 'unexplained' : 'fits', expected);
      if (gift === 0) assert.notEqual(verdict, 'unexplained');
      assert.equal(result.flowsApplied, unbooked.length);
    }),
    { numRuns: 1000, seed: 7 },
  );
});

test('an earlier flow explains within the difference of two clocks only, and it is said', () => {
  const at = (aheadMs: number) => {
    const asOfMs = AS_OF_MS + 10_000;
    const { lines, unknowns } = reconcile(
      engineState({ balances: [balance()] }),
      snapshot(
        readable('alpha', {
          balances: [balance({ total: '997' })],
          cashFlows: [flow({ timeMs: asOfMs - aheadMs })],
        }),
      ),
      { tolerance: '0.0001', asOfMs },
    );
    return [lines[0]?.verdict, unknowns];
  };
  const why =
    "alpha USDT: -3 is of cash flows from just before the state's time: " +
    'the clocks differ, or it had not booked them';
  assert.deepEqual(at(9_999), ['explained', [why]]);
  assert.deepEqual(at(10_000), ['unexplained', []]);
});
