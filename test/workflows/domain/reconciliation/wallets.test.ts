/** Wallets that a venue tells together: compared as the engine keeps them, and the same in sum. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconcile } from '../../../../workflows/domain/reconciliation/reconciliation.js';
import { reconstruct } from '../../../../workflows/domain/reconciliation/origin/reconstruction.js';
import { pricingOf } from '../../../../workflows/domain/books/pricing.js';
import type { VenueFlow } from '../../../../workflows/domain/books/snapshot.js';
import { balance, engineState, readable, snapshot } from '../builders.js';

const BTC = balance({ venue: 'k', asset: 'BTC', total: '1.5' });
const EARNING = { ...BTC, asset: 'BTC.F' };
const told = { ...BTC, parts: { 'BTC.F': '1.5' } };

function moved(id: string, amount: string, wallet?: string): VenueFlow {
  const flow = { venue: 'k', account: 'main', id, kind: 'transfer', instrument: null } as const;
  return { ...flow, asset: 'BTC', amount, timeMs: 5, ...(wallet === undefined ? {} : { wallet }) };
}

const allocation = [moved('out', '-1.5'), moved('in', '1.5', 'BTC.F')];

function linesOf(ours: (typeof BTC)[], truth = { balances: [told], cashFlows: allocation }) {
  const { lines, state } = reconcile(
    engineState({ balances: ours }),
    snapshot(readable('k', truth)),
    { tolerance: '0' },
  );
  const verdicts = lines.map(({ item, internal, exchange, verdict }) => [
    item,
    internal,
    exchange,
    verdict,
  ]);
  return { verdicts, balances: state.balances };
}

test('an engine that knows no wallets has all of the asset', () => {
  const { verdicts, balances } = linesOf([BTC]);
  assert.deepEqual(verdicts, [['BTC', '1.5', '1.5', 'match']]);
  assert.deepEqual(balances, [BTC]);
});

test('an engine that keeps a wallet apart is compared so, and what moved between them explains', () => {
  const { verdicts, balances } = linesOf([BTC, { ...EARNING, total: '0' }]);
  assert.deepEqual(verdicts, [
    ['BTC', '1.5', '0', 'explained'],
    ['BTC.F', '0', '1.5', 'explained'],
  ]);
  assert.deepEqual(balances, [EARNING]);
});

test('a state that is rebuilt has one balance of the asset, and nothing else of it', () => {
  const built = reconstruct(snapshot(readable('k', { balances: [told] })));
  assert.deepEqual(built.state.balances, [BTC]);
});

test('what is bonded or lent out has the price of what it is, and no other account has', () => {
  const venue = { venue: 'k', account: 'main', marks: { 'DOT/USD': '5' }, sameAs: SAME };
  const other = { venue: 'b', account: 'main', marks: { 'DOT/USD': '6' } };
  const { assetPrice } = pricingOf([venue, other], ['USD']);
  const priceAt = (at: string, asset: string) =>
    assetPrice({ venue: at, account: 'main', asset })?.price ?? null;
  assert.deepEqual(
    [priceAt('k', 'DOT.S'), priceAt('k', 'USD.B'), priceAt('b', 'DOT.S'), priceAt('k', 'ETH.S')],
    ['5', '1', null, null],
  );
});

const SAME = { 'DOT.S': 'DOT', 'USD.B': 'USD', 'ETH.S': 'ETH' };
