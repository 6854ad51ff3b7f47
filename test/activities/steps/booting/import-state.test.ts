/**
 * What was recovered, told to an engine that has scripts: once, with its refusals for people, and looked at
 * again. The engine's own files say what came of it.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isFailure } from '../../../../activities/errors.js';
import type { EngineState } from '../../../../workflows/domain/books/state.js';
import { openScripts } from '../../../clients/engine/script-rig.js';
import { order, position } from '../../../workflows/domain/builders.js';
import { inActivity, withState } from '../../ports.js';
import { scriptHost } from './script-host.js';

const script = (name: string) =>
  fileURLToPath(new URL(`../../../clients/engine/scripts/${name}`, import.meta.url));

const command = (words: string) => {
  const [program = '', ...args] = words.split(' ');
  return [script(program), ...args];
};

const UPDATE = command(
  'update_internal_position.sh --symbol {item} --quantity {quantity} --reason {reason}',
);
const IMPORT = command(
  'import_order.sh --exchange {venue} --order-id {venueOrderId} --symbol {item} --side {side} ' +
    '--price {price} --quantity {quantity} --filled {filled}',
);

const BTC = position({ venue: 'binanceusdm', quantity: '0.5', averagePrice: '60000.1' });
const ETH = position({
  venue: 'krakenfutures',
  instrument: 'ETH/USD:USD',
  quantity: '-2',
  averagePrice: '3000',
});
const ORDER = order({ venue: 'binanceusdm', instrument: 'BTC/USDT:USDT', venueOrderId: '77' });

type Change = NonNullable<Parameters<typeof openScripts>[1]>;

async function openHost(t: TestContext, commands: NonNullable<Change['commands']>) {
  const rig = openScripts(t, { commands });
  const { artifacts, fence, activities, instance } = scriptHost(rig, {
    boot: () => ({ from: 'import', imports: 'before_start', syncs: false }),
  });
  const tell = async (state: Partial<EngineState>, confirmed = false) =>
    inActivity(activities, 'importState', {
      ...instance,
      state: await artifacts.put('engine-state', withState(state)),
      running: false,
      confirmed,
    });
  return { rig, artifacts, fence, tell, activities, instance };
}

test('each difference is told once, and telling it again changes nothing', async (t) => {
  const host = await openHost(t, { updatePosition: UPDATE, importOrder: IMPORT });
  const state = { positions: [{ ...BTC, quantity: '0.75' }, ETH], orders: [ORDER] };
  const first = await host.tell(state);
  assert.deepEqual(
    [first.positions, first.orders, first.known, first.byHand],
    [1, 1, 0, 0],
    first.shown.join('\n'),
  );
  const [positions, orders] = [host.rig.read('positions'), host.rig.read('orders')];
  assert.match(positions, /^binanceusdm BTC\/USDT:USDT 0.75 /);
  assert.equal(orders, 'binanceusdm 77 BTC/USDT:USDT buy 60000 2 0\n');
  const again = await host.tell(state);
  assert.deepEqual([again.positions, again.orders, again.known, again.byHand], [0, 0, 1, 0]);
  assert.deepEqual([host.rig.read('positions'), host.rig.read('orders')], [positions, orders]);
});

test('what an engine refuses, or does not take, is for people, in its words', async (t) => {
  const host = await openHost(t, {
    updatePosition: ['sh', '-c', 'echo books are closed >&2; exit 1'],
    importOrder: ['sh', '-c', 'exit 1'],
  });
  const done = await host.tell({ positions: [{ ...BTC, quantity: '0.75' }, ETH], orders: [ORDER] });
  assert.equal(done.byHand, 2);
  assert.match(
    done.shown[0] ?? '',
    /set to 0.75 .*engine says 0.5 \(.*says no: books are closed\)$/,
  );
  assert.match(done.shown[1] ?? '', /^order 77 .*\(command importOrder says no: exit code 1\)$/);
  assert.deepEqual(await host.artifacts.get('by-hand', done.list), done.shown);
  const liar = await openHost(t, { updatePosition: ['true'] });
  const lied = await liar.tell({ positions: [{ ...BTC, quantity: '0.75' }, ETH] });
  assert.equal(lied.positions, 0, 'done is what it holds, and not what it said yes to');
  assert.match(lied.shown[0] ?? '', /\(it was told so, and says otherwise\)$/);
});

test('an answer that did not come is looked up by the next attempt, and nothing is told twice', async (t) => {
  const once = `echo run >> runs; ${UPDATE.map((arg) => `'${arg}'`).join(' ')}; test -e late || { : > late; kill -KILL $$; }`;
  const host = await openHost(t, { updatePosition: ['sh', '-c', once] });
  const state = { positions: [{ ...BTC, quantity: '0.75' }, ETH] };
  await assert.rejects(host.tell(state), (error) => isFailure(error, 'EngineUnreachable'));
  const done = await host.tell(state);
  assert.deepEqual([done.positions, done.byHand], [0, 0]);
  assert.equal(host.rig.read('runs'), 'run\n');
});

test('a symbol of two venues is never told without its venue: people read why', async (t) => {
  const sol = { instrument: 'SOL/USD:USD', averagePrice: '100' };
  const state = {
    positions: [BTC, ETH, position({ ...sol, venue: 'krakenfutures', quantity: '5' })],
    orders: [order({ venue: 'krakenfutures', instrument: 'SOL/USD:USD', venueOrderId: '9' })],
  };
  const host = await openHost(t, {
    updatePosition: ['sh', '-c', 'echo {item} >> told'],
    importOrder: ['sh', '-c', 'echo {item} >> told'],
  });
  const done = await host.tell(state);
  assert.equal(done.byHand, 2);
  for (const line of done.shown) {
    assert.match(line, /SOL\/USD:USD is traded at binanceusdm and krakenfutures, and command/);
  }
  assert.equal(existsSync(join(host.rig.home, 'told')), false);
  const named = await openHost(t, {
    updatePosition: ['sh', '-c', 'echo {venue} {item} {quantity} 100 >> positions'],
  });
  assert.equal((await named.tell({ ...state, orders: [] })).positions, 1);
  assert.match(named.rig.read('positions'), /krakenfutures SOL\/USD:USD 5 100\n$/);
});

test('half an order is none: one with a trigger needs a place for it', async (t) => {
  const stop = { ...ORDER, conditional: true, triggerPrice: '50000' };
  const host = await openHost(t, { importOrder: IMPORT });
  const done = await host.tell({ positions: [BTC, ETH], orders: [stop] });
  assert.match(done.shown.join(), /importOrder has no \{triggerPrice\}, which this order needs/);
  assert.equal(existsSync(join(host.rig.home, 'orders')), false);
});

test('what people have said is there is asked for no more; what the engine tells is', async (t) => {
  const host = await openHost(t, {});
  const state = { positions: [{ ...BTC, quantity: '0.75' }, ETH], orders: [ORDER] };
  assert.equal((await host.tell(state)).byHand, 2);
  const still = await host.tell(state, true);
  assert.deepEqual([still.byHand, still.shown[0]?.slice(0, 20)], [1, 'position binanceusdm']);
  host.rig.put('positions', host.rig.read('positions').replace('0.5', '0.75'));
  assert.equal((await host.tell(state, true)).byHand, 0);
});

test('a newer recovery, and the kill switch, let nothing be told', async (t) => {
  const host = await openHost(t, { updatePosition: ['sh', '-c', 'echo x >> told'] });
  const state = { positions: [{ ...BTC, quantity: '0.75' }, ETH] };
  await host.fence.raise(host.instance.engineId, 8);
  await assert.rejects(host.tell(state), (error) => isFailure(error, 'StaleEpoch'));
  await host.fence.engage(host.instance.engineId, 'enough', 'mei');
  await assert.rejects(host.tell(state), (error) => isFailure(error, 'KillSwitchEngaged'));
  const { activities, instance } = host;
  await assert.rejects(inActivity(activities, 'syncEngine', instance), (error) =>
    isFailure(error, 'KillSwitchEngaged'),
  );
  assert.equal(existsSync(join(host.rig.home, 'told')), false);
});
