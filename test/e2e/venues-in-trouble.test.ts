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
  { timeout: 720_000 },
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
const OF_PAGES: readonly FaultKind[] = ['duplicate-page', 'shifting-page', 'dropping-page'];
const KINDS = FAULT_KINDS.filter((kind) => kind !== 'stale' && !OF_PAGES.includes(kind));
/** Every recovery asks these of every venue, signed. */
const SIGNED = ['openOrders', 'fills', 'balance'] as const;
/** Error pages that name the address and the headers of what was asked. */
const ECHOES: readonly FaultKind[] = ['html', 'html-error'];
const TERMS: Partial<Record<FaultKind, object>> = {
  'rate-limit': { retryAfterS: 1 },
  ban: { retryAfterS: 2 },
  slow: { delayMs: 6_000 },
};

test(
  'every fault in one recovery: nothing is lost, and no secret is left anywhere',
  { timeout: 800_000 },
  async (t) => {
    const here = await world(t, { orders: ORDERS, passphrase: PASSPHRASE });
    let unmet: string[] | null = null;
    const run = await runScenario(here, scenarioOf('segfault'), {
      orders: ORDERS,
      say: (line) => t.diagnostic(line),
      onDeath: () => armAll(here),
      onLook: async ({ steps }) => {
        if (unmet !== null || steps.at(-1)?.name !== 'start') return;
        unmet = await unmetFaults(here); // from here on the engine talks to the venues too
      },
    });
    assert.deepEqual(unmet, [], 'faults that met no request');
    assertRecovered(run);
    await assertNothingTwice(here);
    await assertNoSecret(here, PASSPHRASE);
  },
);

/** Each kind meets what is signed, in turn; pages that echo meet all of it, and the look-ups. */
async function armAll({ admin }: World): Promise<void> {
  for (const venue of ENGINE_VENUE_IDS) {
    const arm = (endpoint: FaultBody['endpoint'], kind: FaultKind) =>
      admin.setFault({ venue, endpoint, kind, count: 1, ...TERMS[kind] });
    for (const [index, kind] of KINDS.entries()) {
      await arm(SIGNED[index % SIGNED.length] ?? 'balance', kind);
    }
    for (const kind of ECHOES) {
      for (const endpoint of SIGNED) await arm(endpoint, kind);
      for (const endpoint of ['order', 'closedOrders'] as const) await arm(endpoint, kind);
    }
  }
}

/** Orders are looked up where some have ended, which is not at every venue. */
async function unmetFaults({ admin }: World): Promise<string[]> {
  const { touched } = await admin.clearFaults();
  return touched
    .filter(({ requests, fault }) => requests === 0 && SIGNED.some((one) => one === fault.endpoint))
    .map(({ fault }) => `${fault.venue} ${fault.endpoint} ${fault.kind}`);
}
