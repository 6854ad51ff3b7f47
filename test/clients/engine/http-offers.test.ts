/** What an engine may offer over HTTP beside the least: told to a real one, and refused by one that cannot. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { capabilitiesOf, offered } from '../../../activities/procedures/capabilities.js';
import { HttpOffer } from '../../../workflows/domain/engine/control.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import { createRig, eventually } from '../../sandbox/engine/rig.js';
import { order as builtOrder } from '../../workflows/domain/builders.js';
import { answer, controlAt, urlOf } from './http-rig.js';

const is = (kind: FailureKind) => (error: unknown) => isFailure(error, kind);

const PLACE = { venue: 'binanceusdm', account: 'main', instrument: 'BTC/USDT:USDT' };

test('what it is told, a real engine holds, once; and nothing once it trades', async (t) => {
  const rig = await createRig(t, { orders: 0 });
  rig.launch({ epoch: 4, trading: false });
  const control = controlAt(urlOf(rig), { offers: HttpOffer.options });
  await eventually('the engine answers', () => control.quickHealth());
  const stamp = (idempotencyKey: string, epoch = 4) => ({ epoch, idempotencyKey });
  const update = { ...PLACE, quantity: '2', averagePrice: '60000', reason: 'a test' };
  const tell = offered(control, 'updatePosition');
  const give = offered(control, 'importOrder');
  await tell(update, stamp('two'));
  await tell({ ...update, quantity: '3' }, stamp('three'));
  await tell(update, stamp('two'));
  const order = { ...builtOrder(PLACE), venueOrderId: '77' };
  assert.equal(await give(order, stamp('order')), 'imported');
  assert.equal(await give(order, stamp('order')), 'imported', 'a key has one answer');
  assert.equal(await give(order, stamp('again')), 'known');
  const { state } = await control.state();
  const quantities = state.positions.map(({ quantity }) => quantity);
  assert.deepEqual([quantities, state.orders], [['3'], [order]]);
  const { total } = (await rig.get('/risk/exposure')) as { total: string };
  assert.ok(Number(total) > 100_000, 'three of them');
  assert.equal(await offered(control, 'exposure')(), total);
  await assert.rejects(tell(update, stamp('old', 3)), is('StaleEpoch'));
  await assert.rejects(tell({ ...update, quantity: 'much' }, stamp('much')), is('EngineRefused'));

  await offered(control, 'sync')(stamp('sync'));
  const { orders, balances } = (await control.state()).state;
  assert.deepEqual(orders, [], 'which no venue has');
  assert.ok(balances.length > 0);

  await control.enableStrategies('low', stamp('low'));
  for (const late of [tell(update, stamp('late')), offered(control, 'sync')(stamp('later'))]) {
    await assert.rejects(late, /it trades, and books what it does itself/);
  }
});

test('what its configuration does not name is not offered, and so never asked', () => {
  const named = (offers: readonly HttpOffer[]) =>
    capabilitiesOf(controlAt('http://127.0.0.1:1', { offers }));
  const contract = named([]);
  for (const offer of HttpOffer.options) {
    assert.ok(!contract.includes(offer));
    assert.deepEqual(new Set(named([offer])), new Set([...contract, offer]));
  }
  assert.throws(
    () => offered(controlAt('http://127.0.0.1:1'), 'sync'),
    /over HTTP name it in control\.offers/,
  );
});

test('an engine that does not know what it is told refuses in its words, for good', async (t) => {
  const refusal = '{"error":"not_found","message":"no POST /state/positions"}';
  const url = await answer(t, 404, refusal);
  const tell = offered(controlAt(url, { offers: ['updatePosition'] }), 'updatePosition');
  const update = { ...PLACE, quantity: '2', averagePrice: null, reason: 'a test' };
  await assert.rejects(tell(update, { epoch: 1, idempotencyKey: 'k' }), (error) => {
    assert.ok(isFailure(error, 'EngineRefused'));
    return error.message.includes('no POST /state/positions');
  });
});
