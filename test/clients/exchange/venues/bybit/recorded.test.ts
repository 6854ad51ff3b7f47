/**
 * Bybit's wallet, positions, executions and log as its documentation shows them; the takeover is that
 * of the review's case.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejectsAs } from '../../bench.js';
import { bybitVenue, good, NONE, page, PLACE } from './bybit.js';

const bybit = bybitVenue('LTC/USDT:USDT', 'BTC/USDT');
const AT = Date.now() - 60_000;
const DAY_MS = 86_400_000;

const coin = (name: string, more: string) =>
  `{"coin":"${name}","equity":"1","usdValue":"1",${more}}`;
const wallet = (...coins: string[]) =>
  good(`{"list":[{"accountType":"UNIFIED","totalEquity":"3","coin":[${coins.join()}]}]}`);

test('a balance is the wallet less what is borrowed, without open profit', async () => {
  bybit.answer(
    'v5/account/wallet-balance',
    wallet(
      coin('USDT', '"walletBalance":"1000","unrealisedPnl":"250.5","spotBorrow":"","locked":"5"'),
      coin('ETH', '"walletBalance":"1200.00","spotBorrow":"200.00","borrowAmount":"200.00"'),
      coin('BTC', '"walletBalance":"0","unrealisedPnl":"0"'),
    ),
  );
  assert.deepEqual(await bybit.account.balances(), [
    { ...PLACE, asset: 'USDT', total: '1000' },
    { ...PLACE, asset: 'ETH', total: '1000' },
  ]);
  bybit.answer('v5/account/wallet-balance', good('{"list":[{"accountType":"FUND","coin":[]}]}'));
  await rejectsAs(bybit.account.balances(), ['VenueUnreadable']);
});

const position = (more: string) => `{"symbol":"LTCUSDT","leverage":"10","avgPrice":"70.5",
"positionValue":"1","unrealisedPnl":"3","positionStatus":"Normal",${more}}`;

test('positions are net with a sign, or the sides of a hedge by their index', async () => {
  const held = async (...rows: string[]) => {
    bybit.answer('v5/position/list', page(rows));
    const positions = await bybit.account.positions();
    return positions.map(({ side, quantity, averagePrice }) => [side, quantity, averagePrice]);
  };
  const flat = position('"positionIdx":0,"side":"","size":"0"').replace('LTC', 'BTC');
  assert.deepEqual(await held(position('"positionIdx":0,"side":"Sell","size":"2"'), flat), [
    ['net', '-2', '70.5'],
  ]);
  const [long, short] = [
    '"positionIdx":1,"side":"Buy","size":"5"',
    '"positionIdx":2,"side":"Sell","size":"3"',
  ];
  assert.deepEqual(await held(position(long), position(short)), [
    ['long', '5', '70.5'],
    ['short', '-3', '70.5'],
  ]);
  assert.deepEqual(await held(position(long)), [['long', '5', '70.5']]);
  await rejectsAs(held(position('"positionIdx":1,"side":"Sell","size":"5"')), ['VenueUnreadable']);
  await rejectsAs(held(position('"positionIdx":0,"side":"Buy","size":"-5"')), ['VenueUnreadable']);
});

const execution = (more: string) =>
  `{"symbol":"LTCUSDT","orderId":"o-1","orderLinkId":"rl-1",
"side":"Sell","orderPrice":"0","orderQty":"1.2","leavesQty":"0","createType":"CreateByUser",
"orderType":"Market","stopOrderType":"UNKNOWN","execFee":"0.05","execId":"e-1","execPrice":"60",
"execQty":"1.2","execType":"Trade","execValue":"72","execTime":"${AT}","feeCurrency":"","isMaker":false,
"feeRate":"0.0006","closedSize":"1.2"}`.replace(/}$/, `${more === '' ? '' : `,${more}`}}`);

const logged = (more: string) =>
  `{"id":"l-1","symbol":"LTCUSDT","category":"linear","side":"Sell",
"transactionTime":"${AT}","type":"TRADE","transSubType":"","qty":"1.2","size":"0","currency":"USDT",
"tradePrice":"60","funding":"","fee":"0.05","cashFlow":"-12","change":"-12.05","cashBalance":"9",
"feeRate":"0.0006","bonusChange":"","tradeId":"e-1","orderId":"o-1","orderLinkId":"rl-1"}`.replace(
    /}$/,
    `${more === '' ? '' : `,${more}`}}`,
  );

const ofCategory =
  (category: string, ...rows: string[]) =>
  (asked: URLSearchParams) =>
    asked.get('category') === category ? page(rows) : NONE;

function quiet(): void {
  bybit.answer('v5/execution/list', NONE);
  bybit.answer('v5/account/transaction-log', NONE);
  bybit.answer('v5/position/list', NONE);
}

const fillsSince = async (sinceMs: number) => (await bybit.account.fillsSince(sinceMs)).rows;

test('a fill has its fee, and the result in the asset that the log states', async () => {
  quiet();
  bybit.answer('v5/execution/list', ofCategory('linear', execution('')));
  bybit.answer('v5/account/transaction-log', ofCategory('linear', logged('')));
  const [fill, ...others] = await fillsSince(AT - 1_000);
  assert.deepEqual(others, []);
  assert.deepEqual(fill, {
    ...PLACE,
    instrument: 'LTC/USDT:USDT',
    tradeId: 'e-1',
    venueOrderId: 'o-1',
    side: 'sell',
    quantity: '1.2',
    price: '60',
    fee: { asset: 'USDT', amount: '0.05' },
    realizedPnl: '-12',
    realizedAsset: 'USDT',
    timeMs: AT,
  });
  const asked = bybit.asked('v5/execution/list').map((one) => one.get('execType'));
  assert.deepEqual(asked, [null, null]);
});

test('a fee on spot is in the asset that the row states, a rebate too, and taxes beside it', async () => {
  quiet();
  const spot = execution(`"symbol":"BTCUSDT","side":"Buy","execFee":"-0.0001","feeCurrency":"USDT",
"extraFees":[{"feeCoin":"MNT","feeType":"TAX","fee":"0.002"}]`).replace('"closedSize":"1.2",', '');
  bybit.answer('v5/execution/list', ofCategory('spot', spot));
  const [fill] = await fillsSince(AT - 1_000);
  assert.deepEqual(
    [fill?.instrument, fill?.fee, fill?.otherFees, fill?.realizedPnl],
    ['BTC/USDT', { asset: 'USDT', amount: '-0.0001' }, [{ asset: 'MNT', amount: '0.002' }], null],
  );
  const unsaid = spot.replace(/"feeCurrency":"USDT",\s*"extraFees":\[[^\]]*\]/, '"feeCurrency":""');
  bybit.answer('v5/execution/list', ofCategory('spot', unsaid));
  const [unknown] = await fillsSince(AT - 1_000);
  assert.equal(unknown?.fee, null);
});

for (const [what, row, forced] of [
  ['a takeover', '"execType":"BustTrade","createType":""', 'liquidation'],
  ['a deleveraging', '"execType":"AdlTrade","createType":""', 'deleveraging'],
  ['a delivery', '"execType":"Delivery"', 'liquidation'],
  ['a trade of a liquidation', '"createType":"CreateByLiq"', 'liquidation'],
  ['a trade of a takeover', '"createType":"CreateByTakeOver_PassThrough"', 'liquidation'],
  ['a trade of a deleveraging', '"createType":"CreateByAdl_PassThrough"', 'deleveraging'],
  ['a block trade', '"execType":"BlockTrade"', undefined],
] as const) {
  test(`${what} is a fill, ${forced === undefined ? 'and ours' : 'and was forced'}`, async () => {
    quiet();
    bybit.answer('v5/execution/list', ofCategory('linear', execution(row)));
    const fills = await fillsSince(AT - 1_000);
    assert.deepEqual(
      fills.map((fill) => [fill.quantity, fill.forced]),
      [['1.2', forced]],
    );
  });
}

test('funding and settlements are no fills, and a type that nobody has read is left apart', async () => {
  quiet();
  const cash = ['Funding', 'Settle'].map((type) =>
    execution(`"execType":"${type}","execId":"${type}"`),
  );
  bybit.answer('v5/execution/list', ofCategory('linear', ...cash));
  assert.deepEqual(await fillsSince(AT - 1_000), []);
  const rows = [execution('"execType":"Teleport","execId":"x"'), execution('')];
  const stranger = execution('"symbol":"NEWUSDT","execId":"y"');
  bybit.answer('v5/execution/list', ofCategory('linear', ...rows, stranger));
  const { rows: fills, apart } = await bybit.account.fillsSince(AT - 1_000);
  assert.deepEqual(
    fills.map(({ tradeId }) => tradeId),
    ['e-1'],
  );
  assert.deepEqual(
    apart?.map(({ instrument }) => instrument),
    ['LTC/USDT:USDT', 'NEWUSDT'],
  );
  assert.match(apart?.[0]?.why ?? '', /Teleport/);
});

test('in hedge mode a fill is of the side that it opens, or that it closes', async () => {
  quiet();
  const rows = [
    execution('"execId":"1","side":"Buy","closedSize":"0"'),
    execution('"execId":"2","side":"Sell","closedSize":"1.2"'),
    execution('"execId":"3","side":"Sell","closedSize":"0"'),
    execution('"execId":"4","side":"Buy","closedSize":"1.2"'),
  ];
  bybit.answer('v5/execution/list', ofCategory('linear', ...rows));
  assert.deepEqual(
    (await fillsSince(AT - 1_000)).map(({ positionSide }) => positionSide),
    [undefined, undefined, undefined, undefined],
  );
  const sides = ['1', '2'].map((index) => position(`"positionIdx":${index},"side":"","size":"0"`));
  bybit.answer('v5/position/list', page(sides));
  assert.deepEqual(
    (await fillsSince(AT - 1_000)).map(({ positionSide }) => positionSide),
    ['long', 'long', 'short', 'short'],
  );
  assert.equal(bybit.asked('v5/position/list')[0]?.get('symbol'), 'LTCUSDT');
});

test('histories are asked for week by week, as far back as is read', async () => {
  quiet();
  const { fromMs } = await bybit.account.fillsSince(AT - 400 * DAY_MS);
  assert.ok(fromMs > AT - 92 * DAY_MS);
  const asked = bybit
    .asked('v5/execution/list')
    .map((one) => [one.get('startTime'), one.get('endTime')]);
  const spans = asked.map(([from, until]) => Number(until) - Number(from));
  assert.ok(spans.every((span) => span < 7 * DAY_MS));
  assert.ok(Math.max(...asked.map(([, until]) => Number(until))) >= Date.now() - 1_000);
});

test('the log tells flows, but for those of fills', async () => {
  const row = (id: string, more: string) => logged(`"id":"${id}","tradeId":"",${more}`);
  bybit.answer(
    'v5/account/transaction-log',
    page([
      logged(''),
      row('2', '"type":"SETTLEMENT","funding":"-0.5","change":"-0.5"'),
      row('3', '"type":"TRANSFER_IN","symbol":"","change":"500"'),
      row('4', '"type":"INTEREST","symbol":"","currency":"BTC","change":"-0.0001"'),
      row('5', '"type":"FEE_REFUND","symbol":"","change":"0.2"'),
      row('6', '"type":"AIRDROP","symbol":"","currency":"MNT","change":"3"'),
      row('7', '"type":"BONUS","symbol":"","change":"0"'),
    ]),
  );
  const flows = await bybit.account.cashFlowsSince(AT - 1_000);
  assert.deepEqual(
    flows?.rows.map(({ id, kind, asset, amount, instrument }) => [
      id,
      kind,
      asset,
      amount,
      instrument,
    ]),
    [
      ['2', 'funding', 'USDT', '-0.5', 'LTC/USDT:USDT'],
      ['3', 'transfer', 'USDT', '500', null],
      ['4', 'interest', 'BTC', '-0.0001', null],
      ['5', 'fee', 'USDT', '0.2', null],
      ['6', 'other', 'MNT', '3', null],
    ],
  );
});

const info = (symbol: string, status: string, more = '') =>
  `{"symbol":"${symbol}","status":"${status}"${more}}`;

test('each instrument has its status, spot and contracts of one id apart', async () => {
  bybit.answer('v5/system/status', good('{"list":[]}'));
  const statuses = async (linear: string, spot: string) => {
    bybit.answer('v5/market/instruments-info', (asked) =>
      page([asked.get('category') === 'spot' ? spot : linear]),
    );
    return (await bybit.account.status()).map(({ instrument, status }) => [instrument, status]);
  };
  const both = (linear: string, spot: string) => [
    ['LTC/USDT:USDT', linear],
    ['BTC/USDT', spot],
  ];
  const open = info('BTCUSDT', 'Trading');
  for (const [status, told] of [
    ['Trading', 'open'],
    ['PreLaunch', 'halted'],
    ['Settling', 'halted'],
    ['Delivering', 'ending'],
    ['Closed', 'ending'],
    ['Dreaming', 'unknown'],
  ] as const) {
    assert.deepEqual(await statuses(info('LTCUSDT', status), open), both(told, 'open'));
  }
  const soon = info('LTCUSDT', 'Trading', `,"deliveryTime":"${Date.now() + 3_600_000}"`);
  assert.deepEqual(await statuses(soon, info('BTCUSDT', 'Closed')), both('ending', 'ending'));
  bybit.answer('v5/system/status', good('{"list":[{"state":"ongoing","end":"9"}]}'));
  assert.deepEqual(await statuses(soon, open), [[null, 'maintenance']]);
});

test('what it does not read is said', () => {
  assert.deepEqual(bybit.account.blindSpots, [
    'orders, fills and positions of other kinds: inverse, option, linear contracts not settled in USDT',
  ]);
});
