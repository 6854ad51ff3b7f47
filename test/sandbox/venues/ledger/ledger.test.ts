/** Hand-made lives of a ledger: entry prices, client ids and orders that may only reduce. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimal } from '../../../../sandbox/venues/decimal.js';
import { INSTRUMENTS, type Instrument } from '../../../../sandbox/venues/instruments.js';
import { Ledger } from '../../../../sandbox/venues/ledger/ledger.js';

const DEPOSITS = { BTC: '50', ETH: '500', USDT: '3000000', USD: '3000000' };

function perpetual(): Instrument {
  const found = INSTRUMENTS.find((row) => row.symbol === 'BTC/USDT:USDT');
  assert.ok(found);
  return found;
}

function trade(ledger: Ledger, side: 'buy' | 'sell', quantity: string, price: string): void {
  const order = { instrument: perpetual(), clientOrderId: null, side, type: 'market' as const };
  ledger.place({ ...order, price: null, quantity: decimal(quantity) }, decimal(price));
}

test('averages the entry price, realizes on the way down and reopens through zero', () => {
  const ledger = new Ledger({ nowMs: () => 1, deposits: DEPOSITS });
  const positionText = () => {
    const position = ledger.state.venues.binanceusdm.positions.get('BTC/USDT:USDT');
    return `${position?.quantity.toFixed()} @ ${position?.averagePrice.toFixed()}`;
  };
  trade(ledger, 'buy', '1', '60000');
  trade(ledger, 'buy', '2', '60001');
  assert.equal(positionText(), '3 @ 60000.66666667');
  trade(ledger, 'sell', '1', '61000');
  assert.equal(positionText(), '2 @ 60000.66666667');
  trade(ledger, 'sell', '5', '62000');
  assert.equal(positionText(), '-3 @ 62000');
  const realized = ledger
    .entriesAfter(0)
    .flatMap((entry) => (entry.kind === 'fill' ? [entry.realizedPnl] : []));
  assert.deepEqual(realized, ['0', '0', '999.33333333', '3998.66666666']);
});

test('refuses a second open order of one client id, and lets it be used again once done', () => {
  const ledger = new Ledger({ nowMs: () => 1, deposits: DEPOSITS });
  const place = () =>
    ledger.place(
      {
        instrument: perpetual(),
        clientOrderId: 'one',
        side: 'buy',
        type: 'limit',
        price: decimal('50000'),
        quantity: decimal('1'),
      },
      decimal('60000'),
    );
  const first = place();
  assert.throws(place, { kind: 'duplicate-client-order-id' });
  ledger.cancel(first, 'client');
  assert.equal(place().status, 'open');
});

test('drops a resting reduce-only order once it would no longer reduce', () => {
  const ledger = new Ledger({ nowMs: () => 1, deposits: DEPOSITS });
  trade(ledger, 'buy', '1', '60000');
  const order = ledger.place(
    {
      instrument: perpetual(),
      clientOrderId: null,
      side: 'sell',
      type: 'limit',
      price: decimal('61000'),
      quantity: decimal('1'),
      reduceOnly: true,
    },
    decimal('60000'),
  );
  trade(ledger, 'sell', '1', '60000');
  ledger.movePrice('BTC', decimal('61000'));
  assert.deepEqual([order.status, order.filled.toFixed()], ['cancelled', '0']);
});

test('refuses a reduce-only order that would not reduce', () => {
  const ledger = new Ledger({ nowMs: () => 1, deposits: DEPOSITS });
  const sell = (quantity: string) => () =>
    ledger.place(
      {
        instrument: perpetual(),
        clientOrderId: null,
        side: 'sell',
        type: 'market',
        price: null,
        quantity: decimal(quantity),
        reduceOnly: true,
      },
      decimal('60000'),
    );
  assert.throws(sell('1'), { kind: 'reduce-only-rejected' });
  trade(ledger, 'buy', '1', '60000');
  assert.throws(sell('1.001'), { kind: 'reduce-only-rejected' });
  sell('1')();
  assert.equal(
    ledger.state.venues.binanceusdm.positions.get('BTC/USDT:USDT')?.quantity.toFixed(),
    '0',
  );
});
