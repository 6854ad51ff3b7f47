/** Every scenario of the demo, with really killed processes and the ledger as the oracle. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { until } from '../../sandbox/demo/processes.js';
import { runScenario, type Run } from '../../sandbox/demo/run.js';
import { scenarioOf, type ScenarioName } from '../../sandbox/demo/scenarios.js';
import type { World } from '../../sandbox/demo/world.js';
import { LONG_TESTS } from '../needs.js';
import { assertEveryFee, assertNothingTwice, assertRecovered, world } from './house.js';
import { assertReportWhole, writtenReport } from './report-whole.js';
import { assertNoSecret } from './secrets.js';

const ORDERS = 12;
const OF_THE_KERNEL = ['oom.txt', 'segfault.txt'];
const OOM_LIMIT_BYTES = 640 * 1024 * 1024;

interface Expectation {
  cause: string[];
  /** Another one dies much as it does. */
  long?: true;
  /** The engine boots from its own last checkpoint, and is told over HTTP what was recovered. */
  told?: true;
  more?: (run: Run, here: World) => void | Promise<void>;
}

const gateKinds = ({ result }: Run) => result.gates.map(({ kind }) => kind);

const EXPECTED: Partial<Record<ScenarioName, Expectation>> = {
  segfault: {
    cause: ['segfault'],
    more: ({ result, record }) => {
      // At least these: an order that the engine has just sent across the market may be filled too.
      for (const kind of ['never_arrived', 'filled', 'partly_filled', 'cancelled'] as const) {
        assert.ok((result.orders?.[kind] ?? 0) >= 1, `no order was ${kind}`);
      }
      assert.equal(result.orders?.unknown, 0);
      const missing = record.evidence?.items.filter(({ collected }) => !collected) ?? [];
      // Its signal is sent, of which the kernel writes nothing: what it has is of others.
      const named = missing.map(({ name }) => name).filter((name) => !OF_THE_KERNEL.includes(name));
      assert.deepEqual(named, [], 'evidence is missing');
    },
  },
  assertion: {
    cause: ['abort', 'assertion'],
    more: ({ result }) => assert.match(result.cause?.because ?? '', /position_book\.cpp/),
  },
  abort: { cause: ['abort'], long: true },
  kill: {
    cause: ['killed'],
    told: true,
    more: async ({ record }, here) => {
      assert.ok(!record.gates.some(({ kind }) => kind === 'enter_by_hand'), 'told by people');
      const start = record.steps.find((step) => step.name === 'start')?.detail ?? '';
      assert.match(start, /; 1 position set, \d+ orders imported; state equal$/);
      await assertHeldAsItTrades(here);
    },
  },
  oom: { cause: ['out_of_memory'] },
  freeze: { cause: ['hang'], long: true },
  deadlock: {
    cause: ['hang', 'deadlock'],
    // Its beats stop on the socket and in the record alike.
    more: ({ result }) => assert.match(result.detection?.probe ?? '', /^(socket|heartbeat_file)$/),
  },
  disconnect: {
    cause: ['killed', 'disconnect'],
    more: (run) => {
      const { gates, steps } = run.record;
      const [away] = gates.filter(({ kind }) => kind === 'venues_unreadable');
      assert.match(away?.question ?? '', /kraken/);
      assert.equal(away?.outcome, 'withdrawn', 'nobody was needed once it answered');
      assert.ok(steps.some(({ name, status }) => name === 'reconcile' && status === 'done'));
    },
  },
  'corrupt-checkpoint': {
    cause: ['killed'],
    more: (run) => {
      assert.ok(gateKinds(run).includes('automatic_recovery'), 'corruption must ask a person');
      assert.equal(run.result.checkpoint?.source, 'checkpoint');
      assert.match(run.result.checkpoint?.why ?? '', /previous good/);
    },
  },
  'no-checkpoint': {
    cause: ['killed'],
    more: (run) => {
      assert.equal(run.result.checkpoint?.source, 'exchanges');
      const { counts, words } = run.record.reconciliation ?? {};
      assert.equal((counts?.match ?? 0) + (counts?.explained ?? 0), 0, 'equal to itself');
      assert.ok((counts?.unverified ?? 0) > 10, JSON.stringify(counts));
      assert.deepEqual([words?.unverified, words?.breaker], ['person', 'person']);
      for (const kind of ['unverified_state', 'unknown_breaker'] as const) {
        assert.ok(gateKinds(run).includes(kind), `${kind} must ask a person`);
      }
    },
  },
  'crash-during-recovery': {
    cause: ['killed'],
    more: ({ result, record }) => {
      assert.equal(record.crashes.length, 2);
      assert.equal(result.steps.find(({ name }) => name === 'analyse')?.attempts, 2);
    },
  },
};

const held = (positions: readonly { instrument: string; quantity: string }[]) =>
  positions.map(({ instrument, quantity }) => `${instrument} ${Number(quantity)}`).sort();

/** What was filled before it was told is not booked once more. */
async function assertHeldAsItTrades(here: World): Promise<void> {
  await until('the engine holds what the ledger holds', async () => {
    const { positions } = (await here.engineState()).state;
    const ledger = (await here.admin.ledger()).venues.binanceusdm;
    const [ours, theirs] = [held(positions), held(ledger.positions)];
    return JSON.stringify(ours) === JSON.stringify(theirs) ? true : null;
  });
}

for (const [name, { cause, more, long, told = false }] of Object.entries(EXPECTED)) {
  const skip = long === true && !LONG_TESTS ? 'RELIGHT_LONG_TESTS=1 runs it' : false;
  test(`recovers to the ledger's last digit: ${name}`, { timeout: 720_000, skip }, async (t) => {
    const scenario = scenarioOf(name as ScenarioName);
    const limit = name === 'oom' ? { memoryLimitBytes: OOM_LIMIT_BYTES } : {};
    const here = await world(t, { orders: ORDERS, told, ...limit });
    const say = (line: string) => t.diagnostic(line);
    const run = await runScenario(here, scenario, { orders: ORDERS, say });
    assertRecovered(run);
    await assertEveryFee(here);
    await assertNothingTwice(here);
    await assertNoSecret(here);
    assert.ok(cause.includes(run.result.cause?.cause ?? ''), JSON.stringify(run.result.cause));
    assert.ok(run.result.report !== null && existsSync(run.result.report), 'no PDF report');
    assertReportWhole(writtenReport(run.result.report));
    await more?.(run, here);
  });
}
