/** A started engine that tells its state but for some of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostPorts } from '../../../../activities/ports.js';
import { createStartActivities } from '../../../../activities/steps/start.js';
import {
  emptyState,
  type EngineState,
  type Order,
} from '../../../../workflows/domain/books/state.js';

const UNTOLD = ['trigger prices of stops', 'risk breaker and daily result'];
const place = { venue: 'binance', account: 'main' };
const stop: Order = {
  ...place,
  instrument: 'BTC/USDT',
  clientOrderId: 'x-TKT5PX2F1',
  venueOrderId: '31',
  side: 'sell',
  type: 'limit',
  price: '56430',
  quantity: '0.5',
  filled: '0',
  state: 'open',
  conditional: true,
  triggerPrice: '57000',
};
const recovered: EngineState = { ...emptyState(), orders: [stop] };

/** As the engine knows it. */
const told: Order = { ...stop, clientOrderId: 'venue:31', filled: '0.0' };

function verdictOf(orders: Order[]) {
  const control = {
    comprehensiveHealth: async () => ({
      healthy: true,
      trading: false,
      checks: [{ name: 'ping', ok: true, detail: 'pong' }],
      instanceId: 'bot-e2',
      epoch: null,
    }),
    state: async () => ({ sequence: 0, state: { ...emptyState(), orders }, untold: UNTOLD }),
  };
  const ports = {
    control: () => control,
    artifacts: { get: async () => recovered },
  } as unknown as HostPorts;
  const input = { engineId: 'bot', instanceId: 'bot-e2', digest: 'd'.repeat(64) };
  const state = { kind: 'engine-state', sha256: 'a'.repeat(64), bytes: 1 } as never;
  return createStartActivities(ports).checkComprehensiveHealth({ ...input, state });
}

test('what it tells is compared, and what it does not tell is named', async () => {
  const verdict = await verdictOf([told]);
  assert.deepEqual([verdict.healthy, verdict.failed], [true, []]);
  assert.deepEqual([verdict.compared, verdict.engineDigest], ['state', null]);
  assert.deepEqual(verdict.unverified, UNTOLD);
});

test('an order that it lost, or has otherwise, is named', async () => {
  assert.match((await verdictOf([])).failed.join(), /order x-TKT5PX2F1 at binance: not held/);
  const other = await verdictOf([{ ...told, quantity: '0.6' }]);
  assert.match(other.failed.join(), /quantity 0\.6, expected 0\.5/);
  assert.equal(other.healthy, false);
});
