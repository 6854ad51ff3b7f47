/**
 * What a fill is charged, and in which asset: by venue, by side, by the order's flags and by the
 * account's setting. The amounts are worked out by hand.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimal, ZERO } from '../../../../sandbox/venues/decimal.js';
import { findBySymbol, type VenueId } from '../../../../sandbox/venues/instruments.js';
import type { FeeLeg, FillEntry, Side } from '../../../../sandbox/venues/ledger/journal.js';
import { Ledger } from '../../../../sandbox/venues/ledger/ledger.js';
import { freeOf } from '../../../../sandbox/venues/ledger/state.js';

const DEPOSITS = { BTC: '50', ETH: '500', USDT: '3000000', USD: '3000000' };
const PRICE = '60000';

interface Trade {
  venue: VenueId;
  side: Side;
  /** A taker's at the market unless it rests and is filled. */
  maker?: boolean;
  asked?: FeeLeg;
  /** Pays in the coin, of which there is so much. */
  coin?: readonly [asset: string, amount: string];
}

const SYMBOLS: Readonly<Record<VenueId, string>> = {
  binance: 'BTC/USDT',
  binanceusdm: 'BTC/USDT:USDT',
  coinbase: 'BTC/USD',
  kraken: 'BTC/USD',
  krakenfutures: 'BTC/USD:USD',
};

function openLedger({ venue, coin }: Pick<Trade, 'venue' | 'coin'>): Ledger {
  const ledger = new Ledger({ nowMs: () => 1, deposits: DEPOSITS });
  ledger.movePrice('BNB', decimal('600'));
  if (coin === undefined) return ledger;
  const [asset, amount] = coin;
  ledger.transfer({ venue, asset, amount });
  ledger.setFeeSetting(venue, true);
  return ledger;
}

/** A tenth of a bitcoin at 60,000: 6,000 in quote. */
function traded(ledger: Ledger, { venue, side, maker = false, asked }: Trade): FillEntry {
  const instrument = findBySymbol(venue, SYMBOLS[venue]);
  assert.ok(instrument);
  const away = decimal(side === 'buy' ? '60001' : '59999');
  const order = ledger.place(
    {
      instrument,
      clientOrderId: null,
      side,
      type: 'limit',
      price: decimal(PRICE),
      quantity: decimal('0.1'),
      feeLeg: asked,
    },
    maker ? away : decimal(PRICE),
  );
  if (maker) ledger.fillResting(order, order.quantity);
  const [fill] = order.fills;
  assert.ok(fill);
  return fill;
}

const CHARGES: [what: string, trade: Trade, fee: string][] = [
  ['spot buy, in what it receives', { venue: 'binance', side: 'buy' }, '0.0001 BTC'],
  ['spot sell, in what it receives', { venue: 'binance', side: 'sell' }, '6 USDT'],
  ['no flag that Binance has', { venue: 'binance', side: 'buy', asked: 'quote' }, '0.0001 BTC'],
  [
    'in BNB a quarter less, at the price of BNB',
    { venue: 'binance', side: 'buy', coin: ['BNB', '1'] },
    '0.0075 BNB',
  ],
  [
    'exactly as much BNB as it costs is enough',
    { venue: 'binance', side: 'sell', coin: ['BNB', '0.0075'] },
    '0.0075 BNB',
  ],
  [
    'too little BNB pays nothing of it',
    { venue: 'binance', side: 'sell', coin: ['BNB', '0.00749999'] },
    '6 USDT',
  ],
  ['futures, in what they settle in', { venue: 'binanceusdm', side: 'buy' }, '3 USDT'],
  ['a rebate of a maker', { venue: 'binanceusdm', side: 'buy', maker: true }, '-0.3 USDT'],
  [
    'futures in BNB a tenth less',
    { venue: 'binanceusdm', side: 'sell', coin: ['BNB', '1'] },
    '0.0045 BNB',
  ],
  [
    'a rebate is paid in no coin',
    { venue: 'binanceusdm', side: 'sell', maker: true, coin: ['BNB', '1'] },
    '-0.3 USDT',
  ],
  ['Coinbase buy', { venue: 'coinbase', side: 'buy' }, '36 USD'],
  ['Coinbase sell', { venue: 'coinbase', side: 'sell', maker: true }, '24 USD'],
  ['Kraken buy without a flag', { venue: 'kraken', side: 'buy' }, '24 USD'],
  ['Kraken sell without a flag', { venue: 'kraken', side: 'sell' }, '0.0004 BTC'],
  ['Kraken buy, fcib', { venue: 'kraken', side: 'buy', asked: 'base' }, '0.0004 BTC'],
  ['Kraken sell, fciq', { venue: 'kraken', side: 'sell', asked: 'quote' }, '24 USD'],
  [
    'Kraken in its credits, a hundred a dollar',
    { venue: 'kraken', side: 'sell', maker: true, coin: ['KFEE', '5000'] },
    '1500 KFEE',
  ],
  ['Kraken Futures', { venue: 'krakenfutures', side: 'sell' }, '3 USD'],
];

for (const [what, trade, fee] of CHARGES) {
  test(`${trade.venue} charges ${fee}: ${what}`, () => {
    const ledger = openLedger(trade);
    const [, asset = ''] = fee.split(' ');
    const before = ledger.state.venues[trade.venue].balances.get(asset)?.total;
    const fill = traded(ledger, trade);
    assert.equal(`${fill.fee} ${fill.feeAsset}`, fee);
    const after = ledger.state.venues[trade.venue].balances.get(asset)?.total;
    const paid = (before ?? ZERO).minus(after ?? ZERO).minus(givenBy(fill, asset));
    assert.equal(paid.toFixed(), fill.fee);
  });
}

/** What the trade itself took of an asset; on a position nothing. */
function givenBy({ venue, side, quantity, price }: FillEntry, asset: string) {
  if (venue === 'binanceusdm' || venue === 'krakenfutures') return ZERO;
  const sold = decimal(quantity).times(side === 'buy' ? -1 : 1);
  if (asset === 'BTC') return sold;
  return asset.startsWith('USD') ? sold.times(price).negated() : ZERO;
}

test('an order holds its fee where that is charged in what it gives, to the last digit', () => {
  const held = (venue: VenueId, side: Side, asked?: FeeLeg) => {
    const ledger = openLedger({ venue });
    const instrument = findBySymbol(venue, SYMBOLS[venue]);
    assert.ok(instrument);
    const asset = side === 'sell' ? instrument.base : instrument.quote;
    const state = ledger.state.venues[venue];
    const before = freeOf(state, asset);
    const price = decimal(side === 'buy' ? '50000' : '70000');
    const terms = { instrument, clientOrderId: null, side, type: 'limit', feeLeg: asked } as const;
    const order = ledger.place({ ...terms, price, quantity: decimal('0.1') }, decimal(PRICE));
    const text = before.minus(freeOf(state, asset)).toFixed();
    ledger.cancel(order, 'client');
    assert.equal(freeOf(state, asset).toFixed(), before.toFixed());
    return `${text} ${asset}`;
  };
  assert.equal(held('binance', 'buy'), '5000 USDT');
  assert.equal(held('binance', 'sell'), '0.1 BTC');
  assert.equal(held('coinbase', 'buy'), '5020 USD');
  assert.equal(held('coinbase', 'sell'), '0.1 BTC');
  assert.equal(held('kraken', 'buy'), '5012.5 USD');
  assert.equal(held('kraken', 'buy', 'base'), '5000 USD');
  assert.equal(held('kraken', 'sell'), '0.10025 BTC');
  assert.equal(held('kraken', 'sell', 'quote'), '0.1 BTC');
});

test('what the fee needs too must be there before the order is taken', () => {
  const ledger = new Ledger({ nowMs: () => 1, deposits: { BTC: '0.1', USD: '100' } });
  const sell = (asked: FeeLeg) => () => traded(ledger, { venue: 'kraken', side: 'sell', asked });
  assert.throws(sell('base'), { kind: 'insufficient-funds' });
  assert.equal(sell('quote')().fee, '24');
});

test('a forced close pays in no coin, and where no coin pays the setting is refused', () => {
  const ledger = openLedger({ venue: 'binanceusdm', coin: ['BNB', '1'] });
  traded(ledger, { venue: 'binanceusdm', side: 'buy' });
  const instrument = findBySymbol('binanceusdm', SYMBOLS.binanceusdm);
  assert.ok(instrument);
  const price = decimal(PRICE);
  const cause = 'liquidation';
  const order = ledger.forceClose({ instrument, positionSide: 'net', cause, price });
  assert.deepEqual(
    order.fills.map(({ fee, feeAsset }) => [fee, feeAsset]),
    [['3', 'USDT']],
  );
  assert.throws(() => ledger.setFeeSetting('coinbase', true), { kind: 'invalid-argument' });
});

test('the setting is in the journal: as of a time before, it was as it was then', () => {
  const ledger = openLedger({ venue: 'binance', coin: ['BNB', '1'] });
  assert.equal(traded(ledger, { venue: 'binance', side: 'buy' }).feeAsset, 'BNB');
  ledger.setFeeSetting('binance', false);
  assert.equal(traded(ledger, { venue: 'binance', side: 'buy' }).feeAsset, 'BTC');
  assert.equal(ledger.stateAt(0).venues.binance.feesInCoin, false);
  const settings = ledger
    .entriesAfter(0)
    .flatMap((entry) => (entry.kind === 'fee-setting' ? [entry.inCoin] : []));
  assert.deepEqual(settings, [true, false]);
});
