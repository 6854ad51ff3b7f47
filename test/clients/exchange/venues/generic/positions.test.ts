/** Positions by ccxt's own parsers of venues without an adapter, from rows as the venues give them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generic } from '../../../../../clients/exchange/venues/generic/adapter.js';
import { positionsOnce } from '../../../../../clients/exchange/answers/parse.js';
import { stubbed } from '../../stubbed.js';

const LINEAR = 'BTC/USDT:USDT';
const INVERSE = 'BTC/USD:BTC';

interface Given {
  ccxt: string;
  what: string;
  instrument?: string;
  id: string;
  rows: object[];
  held: string[];
}

const both = (rows: [object, object]) => ({
  what: 'long and short',
  rows,
  held: ['long 5', 'short -3'],
});

const GIVEN: Given[] = [
  {
    ccxt: 'bingx',
    id: 'BTC-USDT',
    ...both([
      { symbol: 'BTC-USDT', positionAmt: '5', positionSide: 'LONG', avgPrice: '50000' },
      { symbol: 'BTC-USDT', positionAmt: '3', positionSide: 'SHORT', avgPrice: '51000' },
    ]),
  },
  {
    ccxt: 'mexc',
    id: 'BTC_USDT',
    ...both([
      { symbol: 'BTC_USDT', positionType: 1, holdVol: 5, holdAvgPrice: 50000, openType: 2 },
      { symbol: 'BTC_USDT', positionType: 2, holdVol: 3, holdAvgPrice: 51000, openType: 2 },
    ]),
  },
  {
    ccxt: 'gate',
    id: 'BTC_USDT',
    ...both([
      { contract: 'BTC_USDT', size: '5', mode: 'dual_long', entry_price: '50000', leverage: '0' },
      { contract: 'BTC_USDT', size: '-3', mode: 'dual_short', entry_price: '51000', leverage: '0' },
    ]),
  },
  {
    ccxt: 'htx',
    id: 'BTC-USDT',
    ...both([
      { contract_code: 'BTC-USDT', volume: '5', direction: 'buy', cost_open: '50000' },
      { contract_code: 'BTC-USDT', volume: '3', direction: 'sell', cost_open: '51000' },
    ]),
  },
  {
    ccxt: 'bingx',
    what: 'one side of a hedge alone',
    id: 'BTC-USDT',
    rows: [{ symbol: 'BTC-USDT', positionAmt: '3', positionSide: 'SHORT', avgPrice: '51000' }],
    held: ['short -3'],
  },
  {
    ccxt: 'coinex',
    what: 'one that a resting order closes',
    id: 'BTCUSDT',
    rows: [{ market: 'BTCUSDT', side: 'long', open_interest: '5', close_avbl: '0' }],
    held: ['net 5'],
  },
  {
    ccxt: 'digifinex',
    what: 'one that a resting order closes',
    id: 'BTCUSDTPERP',
    rows: [{ instrument_id: 'BTCUSDTPERP', position: '5', avail_position: '0', side: 'short' }],
    held: ['net -5'],
  },
  {
    ccxt: 'deribit',
    what: 'a short with its sign',
    instrument: INVERSE,
    id: 'BTC-PERPETUAL',
    rows: [{ instrument_name: 'BTC-PERPETUAL', direction: 'sell', size: -1000 }],
    held: ['net -1000'],
  },
];

function accountOf({ ccxt, id, rows, instrument = LINEAR }: Omit<Given, 'held' | 'what'>) {
  const { exchange } = stubbed(ccxt, { [instrument]: id }, () => []);
  exchange.fetchPositions = async () => exchange.parsePositions(rows, [instrument]);
  return { exchange, place: { venue: ccxt, account: 'main' }, instruments: [instrument] };
}

for (const given of GIVEN) {
  test(`${given.ccxt}: ${given.what}`, async () => {
    const positions = positionsOnce(await generic.positions(accountOf(given)));
    assert.deepEqual(
      positions.map(({ side, quantity }) => `${side} ${quantity}`),
      given.held,
    );
  });
}

test('what tells neither the whole nor one side of it fails', async () => {
  const cross = { symbol: 'BTC-USDT', positionAmt: '5', positionSide: 'LONG', isolated: false };
  const two = { ccxt: 'bingx', id: 'BTC-USDT', rows: [cross, { ...cross, isolated: true }] };
  await assert.rejects(generic.positions(accountOf(two)), /several positions of one side/);
  const signed = { instrument_name: 'BTC-PERPETUAL', direction: 'buy', size: -1000 };
  const odd = { ccxt: 'deribit', id: 'BTC-PERPETUAL', rows: [signed], instrument: INVERSE };
  await assert.rejects(generic.positions(accountOf(odd)), /malformed answer from positions/);
  const one = { venue: 'any', account: 'main', instrument: LINEAR, averagePrice: null } as const;
  const [five, six] = ['5', '6'].map((quantity) => ({ ...one, side: 'net' as const, quantity }));
  assert.ok(five && six);
  assert.deepEqual(positionsOnce([five, five]), [five]);
  assert.throws(() => positionsOnce([five, six]), /malformed answer from positions/);
});

const OPENED = 1_720_736_417_660;
const CHANGED = OPENED + 5_000;
/** Of each, a row with the time at which the position was opened, and with that of its last change. */
const DATED = {
  bingx: {
    id: 'BTC-USDT',
    row: { symbol: 'BTC-USDT', positionAmt: '5', positionSide: 'LONG' },
    opened: { openTime: OPENED },
    changed: { updateTime: CHANGED },
  },
  bitget: {
    id: 'BTCUSDT',
    row: { symbol: 'BTCUSDT', marginCoin: 'USDT', holdSide: 'long', total: '5' },
    opened: { cTime: String(OPENED) },
    changed: { uTime: String(CHANGED) },
  },
  gate: {
    id: 'BTC_USDT',
    row: { contract: 'BTC_USDT', size: '5', mode: 'single', leverage: '0' },
    opened: { open_time: OPENED / 1_000 },
    changed: { update_time: CHANGED / 1_000 },
  },
  kucoin: {
    id: 'XBTUSDTM',
    row: { symbol: 'XBTUSDTM', isOpen: true, currentQty: 5 },
    opened: { openingTimestamp: OPENED, currentTimestamp: CHANGED },
    changed: {},
  },
  mexc: {
    id: 'BTC_USDT',
    row: { symbol: 'BTC_USDT', positionType: 1, holdVol: 5, openType: 2 },
    opened: { createTime: OPENED },
    changed: { updateTime: CHANGED },
  },
};

for (const [ccxt, { id, row, opened, changed }] of Object.entries(DATED)) {
  test(`${ccxt}: a position is dated by its last change, never by its opening`, async () => {
    const datesOf = async (given: object) => {
      const told = await generic.positions(accountOf({ ccxt, id, rows: [given] }));
      return told.map(({ toldAtMs }) => toldAtMs);
    };
    assert.deepEqual(await datesOf({ ...row, ...opened }), [undefined]);
    const isTold = Object.keys(changed).length > 0;
    assert.deepEqual(await datesOf({ ...row, ...opened, ...changed }), [
      isTold ? CHANGED : undefined,
    ]);
  });
}
