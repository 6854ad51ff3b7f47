/** Kraken Futures' orders that trail, look-ups of the last seconds, and what a liquidation costs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { rejectsAs } from '../../bench.js';
import { recordedVenue } from '../recorded.js';
import { successOf } from './success.js';

const futures = recordedVenue('krakenfutures');

const PLACE = { venue: 'krakenfutures', account: 'main' };
const BTC = { ...PLACE, instrument: 'BTC/USD:USD' };

const STOP: Order = {
  ...BTC,
  clientOrderId: 'rl-1',
  venueOrderId: '022774bc',
  side: 'sell',
  type: 'market',
  price: null,
  quantity: '0.5',
  filled: '0',
  state: 'open',
  conditional: true,
  triggerPrice: '55000.5',
  reduceOnly: true,
};

/** GET /openorders */
const openRow = (terms: object) => ({
  order_id: '022774bc',
  cliOrdId: 'rl-1',
  symbol: 'PF_XBTUSD',
  side: 'sell',
  orderType: 'stop',
  stopPrice: 55000.5,
  unfilledSize: 0.5,
  receivedTime: '2026-08-11T16:47:47.519Z',
  status: 'untouched',
  filledSize: 0,
  triggerSignal: 'mark',
  reduceOnly: true,
  lastUpdateTime: '2026-08-11T16:47:47.519Z',
  ...terms,
});

test('a trailing stop tells no trigger, which moves, and a stop tells its own', async () => {
  const trails = {
    order_id: '9c2cbcc8',
    orderType: 'trailing_stop',
    trailingStopDeviationUnit: 'PERCENT',
    trailingStopMaxDeviation: 0.8,
  };
  const limited = { order_id: 'd08021f7', limitPrice: 54900 };
  const rows = [openRow({}), openRow(trails), openRow(limited)];
  futures.answer('/openorders', successOf({ openOrders: rows }));
  const { triggerPrice: _, ...trailing } = STOP;
  assert.deepEqual(await futures.account.openOrders(), [
    STOP,
    { ...trailing, type: 'trailing_stop', venueOrderId: '9c2cbcc8' },
    { ...STOP, venueOrderId: 'd08021f7', type: 'limit', price: '54900' },
  ]);
});

const SOUGHT: Order = {
  ...BTC,
  clientOrderId: 'rl-1',
  venueOrderId: null,
  side: 'sell',
  type: 'limit',
  price: '60000',
  quantity: '1',
  filled: '0',
  state: 'in_flight',
};

/** POST /orders/status: of the last five seconds. */
const recent = (status: string, order: object = {}, error: string | null = null) =>
  successOf({
    orders: [
      {
        order: {
          type: 'ORDER',
          orderId: '59302619',
          cliOrdId: 'rl-1',
          symbol: 'PF_XBTUSD',
          side: 'sell',
          quantity: 1,
          filled: 0,
          limitPrice: 60000,
          reduceOnly: false,
          timestamp: '2026-08-11T19:55:20.251Z',
          lastUpdateTimestamp: '2026-08-11T19:55:20.251Z',
          ...order,
        },
        status,
        updateReason: null,
        error,
      },
    ],
  });

test('an order that ended in the last seconds, with what it had filled', async () => {
  futures.answer('/openorders', successOf({ openOrders: [] }));
  const trigger = {
    type: 'TRIGGER_ORDER',
    filled: null,
    priceTriggerOptions: {
      triggerPrice: 55000.5,
      triggerSide: 'TRIGGER_BELOW',
      triggerSignal: 'MARK_PRICE',
    },
  };
  const CASES: [string, string, string][] = [
    [recent('FULLY_EXECUTED', { filled: 1 }), 'filled', '1'],
    [recent('CANCELLED', { filled: 0.4 }), 'cancelled', '0.4'],
    [recent('REJECTED', {}, 'POST_WOULD_EXECUTE'), 'rejected', '0'],
    [recent('TRIGGER_ACTIVATION_FAILURE', trigger, 'INSUFFICIENT_MARGIN'), 'rejected', '0'],
    [recent('CANCELLED', trigger), 'cancelled', '0'],
  ];
  for (const [text, status, filled] of CASES) {
    futures.answer('/orders/status', text);
    const said = { outcome: 'closed', status, filled };
    assert.deepEqual(await futures.account.lookUp(SOUGHT), said, text);
  }
});

test('an order that is open by one answer and not listed by another is looked for again', async () => {
  futures.answer('/openorders', successOf({ openOrders: [] }));
  for (const status of ['ENTERED_BOOK', 'TRIGGER_PLACED', 'A_WORD_OF_TOMORROW']) {
    futures.answer('/orders/status', recent(status));
    const said = await rejectsAs(futures.account.lookUp(SOUGHT), ['VenueUnreadable']);
    assert.match(said, /its books do not show its newest orders yet/);
  }
  futures.answer('/openorders', successOf({ openOrders: [openRow({})] }));
  assert.deepEqual(await futures.account.lookUp({ ...SOUGHT, conditional: true }), {
    outcome: 'found',
    order: STOP,
  });
});

const NOW = Date.now() - 3_600_000;
const ISO = new Date(NOW).toISOString();

test('a liquidation costs its own fee beside that of the trade', async () => {
  futures.answer(
    '/fills',
    successOf({
      fills: [
        {
          fill_id: 'f1',
          symbol: 'PF_XBTUSD',
          side: 'sell',
          order_id: '693af756',
          size: 0.25,
          price: 60000.5,
          fillTime: ISO,
          fillType: 'liquidation',
        },
      ],
    }),
  );
  // GET /api/history/v3/account-log: the leg of the contract, and that of the cash.
  const log = (terms: object) => ({
    id: 1,
    date: ISO,
    asset: 'usd',
    info: 'futures liquidation',
    booking_uid: '86fdd9c5',
    margin_account: 'flex',
    contract: 'pf_xbtusd',
    execution: 'f1',
    collateral: null,
    fee: 7.5,
    liquidation_fee: 75.000625,
    funding_rate: null,
    mark_price: 60010,
    trade_price: 60000.5,
    old_balance: 1000,
    new_balance: 667.249375,
    old_average_entry_price: null,
    new_average_entry_price: null,
    realized_funding: -0.25,
    realized_pnl: -250,
    position_uid: null,
    ...terms,
  });
  const leg = { id: 2, asset: 'pf_xbtusd', fee: null, liquidation_fee: null, realized_pnl: null };
  const logs = [log(leg), log({})];
  futures.answer('/account-log', JSON.stringify({ accountUid: 'u', logs }));
  assert.deepEqual((await futures.account.fillsSince(NOW - 1)).rows, [
    {
      ...BTC,
      tradeId: 'f1',
      venueOrderId: '693af756',
      side: 'sell',
      quantity: '0.25',
      price: '60000.5',
      fee: { asset: 'USD', amount: '82.500625' },
      realizedPnl: '-250',
      timeMs: NOW,
      forced: 'liquidation',
    },
  ]);
  // With the funding that it realised, this is all that the balance lost.
  assert.deepEqual((await futures.account.cashFlowsSince(NOW - 1))?.rows, [
    {
      ...PLACE,
      id: '1',
      kind: 'funding',
      asset: 'USD',
      amount: '-0.25',
      instrument: 'BTC/USD:USD',
      timeMs: NOW,
    },
  ]);
});
