/** Venues that are away, or answer with every fault there is, while a recovery reads them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { runScenario } from '../../sandbox/demo/run.js';
import { scenarioOf } from '../../sandbox/demo/scenarios.js';
import type { World } from '../../sandbox/demo/world.js';
import { FAULT_KINDS, type FaultKind } from '../../sandbox/venues/http/faults.js';
import { ENGINE_VENUE_IDS, type FaultBody } from '../../sandbox/venues/index.js';
import { openGateOf } from '../../clients/temporal/recoveries.js';
import type { RecoveryRecord } from '../../workflows/domain/record.js';
import { assertNothingTwice, assertRecovered, world } from './house.js';
import { assertNoSecret } from './secrets.js';

const ORDERS = 12;
const AWAY_MS = 12_000;

test(
  'a venue that is down for the whole recovery is waited for, and is never taken for flat',
  { timeout: 240_000 },
  async (t) => {
    const here = await world(t, { orders: ORDERS });
    const { admin } = here;
    const down = async () => {
      await admin.setFault({ venue: 'kraken', endpoint: '*', kind: 'server-error', status: 503 });
    };
    const asked = { waitedMs: 0, question: '' };
    const run = await runScenario(here, scenarioOf('kill'), {
      orders: ORDERS,
      say: (line) => t.diagnostic(line),
      onDeath: down,
      leaveOpen: ['venues_unreadable'],
      onLook: async (record) => {
        if (asked.question !== '' || record.steps.at(-1)?.status !== 'waiting') return;
        const gate = await openGateOf(here.client, record.workflowId);
        if (gate?.kind !== 'venues_unreadable') return;
        asked.question = gate.question;
        asked.waitedMs = await waitAndBringBack(here, record);
      },
    });
    assert.match(
      asked.question,
      /^kraken cannot be read, so positions and orders there are unknown/,
    );
    assert.ok(asked.waitedMs >= AWAY_MS);
    const gate = run.record.gates.find(({ kind }) => kind === 'venues_unreadable');
    assert.deepEqual([gate?.outcome, gate?.decisions], ['withdrawn', []]);
    assertRecovered(run);
    await assertNothingTwice(here);
  },
);

/** Nothing goes on meanwhile, though other venues answer. */
async function waitAndBringBack(here: World, { workflowId, steps }: RecoveryRecord) {
  const startedAt = Date.now();
  await delay(AWAY_MS);
  const gate = await openGateOf(here.client, workflowId);
  assert.equal(gate?.kind, 'venues_unreadable', 'it went on without the venue');
  assert.equal(steps.at(-1)?.name, 'reconcile');
  await here.admin.clearFaults();
  return Date.now() - startedAt;
}

const PASSPHRASE = 'canary-passphrase-5f2c9a7e';
/** Old data in a well-formed answer may need a person, who is not asked here. */
const KINDS = FAULT_KINDS.filter((kind) => kind !== 'stale');
/** These show only where an answer has pages. */
const OF_PAGES: readonly FaultKind[] = ['duplicate-page', 'shifting-page'];
const LATER = ['order', 'closedOrders', 'ticker', 'candles'] as const;
const AGAIN = ['html', 'server-error', 'truncated-json'] as const;
const TERMS: Partial<Record<FaultKind, object>> = {
  'rate-limit': { retryAfterS: 1 },
  ban: { retryAfterS: 2 },
  slow: { delayMs: 6_000 },
};

test(
  'every fault in one recovery: nothing is lost, and no secret is left anywhere',
  { timeout: 420_000 },
  async (t) => {
    const here = await world(t, { orders: ORDERS, passphrase: PASSPHRASE });
    let unmet = Infinity;
    const run = await runScenario(here, scenarioOf('segfault'), {
      orders: ORDERS,
      say: (line) => t.diagnostic(line),
      onDeath: () => armAll(here),
      onLook: async ({ steps }) => {
        if (unmet < Infinity || steps.at(-1)?.name !== 'start') return;
        unmet = await faultsUnmet(here);
        await here.admin.clearFaults(); // from here on the engine talks to the venues too
      },
    });
    assert.ok(unmet < ENGINE_VENUE_IDS.length * 3, `${unmet} faults met no request`);
    assertRecovered(run);
    await assertNothingTwice(here);
    await assertNoSecret(here, PASSPHRASE);
  },
);

/** First whatever is asked meets every fault, then what only later steps ask meets some again. */
async function armAll({ admin }: World): Promise<void> {
  for (const venue of ENGINE_VENUE_IDS) {
    const arm = (endpoint: FaultBody['endpoint'], kind: FaultKind) =>
      admin.setFault({ venue, endpoint, kind, count: 1, ...TERMS[kind] });
    for (const kind of KINDS) await arm('*', kind);
    for (const endpoint of LATER) for (const kind of AGAIN) await arm(endpoint, kind);
  }
}

async function faultsUnmet({ admin }: World): Promise<number> {
  const { left } = await admin.faults();
  return left.filter(({ kind, endpoint }) => endpoint === '*' && !OF_PAGES.includes(kind)).length;
}
