/**
 * OKX's wallets, positions, fills and bills, as its documentation shows them; the open profit is that
 * of the review's case, the isolated margin has the figures of a balance that was recorded.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejectsAs } from '../../bench.js';
import { NONE, ok, okxVenue, PLACE } from './okx.js';

const okx = okxVenue('LTC/USDT:USDT', 'BTC/USDT');
const contracts = okxVenue('LTC/USDT:USDT');
const DAY_MS = 86_400_000;
const AT = Date.now() - 60_000;

const detail = (ccy: string, more: string) => `{"ccy":"${ccy}",${more}}`;

test('a balance is the wallet: cash and isolated margin, without open profit', async () => {
  okx.answer(
    'account/balance',
    ok(`{"uTime":"1","totalEq":"99","details":[
${detail('USDT', '"cashBal":"1000","upl":"250.5","eq":"1250.5","availEq":"900","frozenBal":"350.5"')},
${detail(
  'USDC',
  `"cashBal":"94.42612990333333","eq":"99.89469657000001","isoEq":"5.468566666666667",
"isoUpl":"-0.0273000000000002","upl":"-0.0273000000000002"`,
)},
${detail('ETH', '"cashBal":"-1.5","liab":"1.5","eq":"-1.5","isoEq":"","isoUpl":"","upl":"0"')},
${detail('BTC', '"cashBal":"0","eq":"0","isoEq":"0","isoUpl":"0","upl":"0"')}]}`),
  );
  assert.deepEqual(await okx.account.balances(), [
    { ...PLACE, asset: 'USDT', total: '1000' },
    { ...PLACE, asset: 'USDC', total: '99.9219965699999972' },
    { ...PLACE, asset: 'ETH', total: '-1.5' },
  ]);
  for (const untold of ['"eq":"1"', '"cashBal":"1","isoEq":"2","isoUpl":""']) {
    okx.answer('account/balance', ok(`{"details":[${detail('USDT', untold)}]}`));
    await rejectsAs(okx.account.balances(), ['VenueUnreadable']);
  }
});

const position = (pos: string, posSide: string, more = '') => `{"instType":"SWAP",
"instId":"LTC-USDT-SWAP","mgnMode":"cross","posId":"1","posSide":"${posSide}","pos":"${pos}",
"avgPx":"70.5","upl":"3"${more}}`;

test('positions are net with a sign, or the sides of a hedge', async () => {
  const held = async (...rows: string[]) => {
    okx.answer('account/positions', ok(...rows));
    const positions = await okx.account.positions();
    return positions.map(({ side, quantity, averagePrice }) => [side, quantity, averagePrice]);
  };
  assert.deepEqual(await held(position('-2', 'net')), [['net', '-2', '70.5']]);
  assert.deepEqual(await held(position('5', 'long'), position('3', 'short')), [
    ['long', '5', '70.5'],
    ['short', '-3', '70.5'],
  ]);
  assert.deepEqual(await held(position('5', 'long')), [['long', '5', '70.5']]);
  const empty = position('', 'short').replace('"70.5"', '""').replace('"3"', '""');
  assert.deepEqual(await held(position('0', 'net'), empty), []);
});

test('a position that cannot be told whole is refused by name', async () => {
  const refused = async (...rows: string[]) => {
    okx.answer('account/positions', ok(...rows));
    return rejectsAs(okx.account.positions(), ['VenueUnreadable', 'VenueRefused']);
  };
  const isolated = position('5', 'net').replace('cross', 'isolated');
  assert.match(await refused(position('5', 'net'), isolated), /use one margin mode/);
  assert.match(await refused(position('-5', 'long')), /malformed answer/);
  assert.match(await refused(position('', 'short')), /position row without a valid pos/);
  const margin = position('5', 'net')
    .replace('"SWAP"', '"MARGIN"')
    .replace('LTC-USDT-SWAP', 'BTC-USDT');
  assert.match(await refused(margin), /margin positions on spot are not read/);
});

test('where contracts alone are traded, what others hold on margin is left apart', async () => {
  const margin = position('5', 'net')
    .replace('"SWAP"', '"MARGIN"')
    .replace('LTC-USDT-SWAP', 'BTC-USDT');
  const rows = [position('2', 'net'), margin, margin.replace('cross', 'isolated')];
  contracts.answer('account/positions', ok(...rows));
  const left: string[] = [];
  const held = await contracts.account.positions(
    ({ instrument }) => left.push(instrument ?? '') > 0,
  );
  assert.deepEqual(
    held.map(({ instrument, quantity }) => [instrument, quantity]),
    [['LTC/USDT:USDT', '2']],
  );
  assert.deepEqual(left, ['BTC-USDT on margin', 'BTC-USDT on margin']);
  await rejectsAs(contracts.account.positions(), ['VenueUnreadable']);
});

const fill = (id: string, more: string) => `{"instType":"SWAP","instId":"LTC-USDT-SWAP",
"tradeId":"${id}","ordId":"30","clOrdId":"rl1","billId":"9${id}","side":"sell","fillPx":"70","fillSz":"2",
"ts":"${AT}","fillTime":"${AT}",${more}}`;

test('fills have their fee, their result, its asset, their side of a hedge', async () => {
  okx.answer(
    'trade/fills',
    ok(
      fill(
        '1',
        `"posSide":"long","fee":"-0.07","feeCcy":"USDT","fillPnl":"-3.5","subType":"5",
"execType":"T"`,
      ),
      fill(
        '2',
        `"posSide":"net","fee":"0.01","feeCcy":"USDT","fillPnl":"0","subType":"4",
"execType":"M"`,
      ),
      `{"instType":"SPOT","instId":"BTC-USDT","tradeId":"3","ordId":"31","clOrdId":"","billId":"93",
"side":"buy","posSide":"net","fillPx":"60000","fillSz":"0.1","fee":"-0.0001","feeCcy":"BTC",
"fillPnl":"0","subType":"1","execType":"T","ts":"${AT}"}`,
      `{"instType":"SWAP","instId":"BTC-USD-SWAP","tradeId":"4","ordId":"32","clOrdId":"","billId":"94",
"side":"buy","posSide":"net","fillPx":"60000","fillSz":"5","fee":"-0.000004","feeCcy":"BTC",
"fillPnl":"0.0002","subType":"6","execType":"T","ts":"${AT}"}`,
    ),
  );
  const { rows, fromMs } = await okx.account.fillsSince(AT - 1_000);
  assert.equal(fromMs, AT - 1_000);
  const common = { ...PLACE, instrument: 'LTC/USDT:USDT', venueOrderId: '30', side: 'sell' };
  const swap = { ...common, quantity: '2', price: '70', realizedAsset: 'USDT', timeMs: AT };
  const fee = (asset: string, amount: string) => ({ asset, amount });
  assert.deepEqual(rows.slice(0, 2), [
    { ...swap, tradeId: '1', fee: fee('USDT', '0.07'), realizedPnl: '-3.5', positionSide: 'long' },
    { ...swap, tradeId: '2', fee: fee('USDT', '-0.01'), realizedPnl: '0' },
  ]);
  assert.deepEqual(
    rows.slice(2).map((row) => [row.instrument, row.fee, row.realizedPnl, row.realizedAsset]),
    [
      ['BTC/USDT', fee('BTC', '0.0001'), null, undefined],
      ['BTC/USD:BTC', fee('BTC', '0.000004'), '0.0002', 'BTC'],
    ],
  );
});

for (const [subType, forced] of [
  ['100', 'liquidation'],
  ['104', 'liquidation'],
  ['107', 'liquidation'],
  ['112', 'liquidation'],
  ['125', 'deleveraging'],
  ['128', 'deleveraging'],
  ['6', undefined],
] as const) {
  test(`a fill of sub-type ${subType} is ${forced ?? 'ours'}`, async () => {
    const row = fill(
      '',
      `"posSide":"long","fee":"0","feeCcy":"","fillPnl":"0","subType":"${subType}"`,
    );
    okx.answer('trade/fills', ok(row));
    const { rows } = await okx.account.fillsSince(AT - 1_000);
    assert.deepEqual(
      rows.map((one) => [one.forced, one.fee, one.tradeId]),
      [[forced, null, 'bill:9']],
    );
  });
}

test('older fills come from the history of each kind, each fill once', async () => {
  const row = fill('1', '"posSide":"net","fee":"0","feeCcy":"USDT","fillPnl":"0","subType":"4"');
  okx.answer('trade/fills', ok(row));
  okx.answer('trade/fills-history', (asked) => (asked.get('instType') === 'SWAP' ? ok(row) : NONE));
  const { rows } = await okx.account.fillsSince(AT - 10 * DAY_MS);
  assert.equal(rows.length, 1);
  const types = okx.asked('trade/fills-history').map((asked) => asked.get('instType'));
  assert.deepEqual(new Set(types), new Set(['MARGIN', 'SPOT', 'SWAP']));
  const { fromMs } = await okx.account.fillsSince(AT - 400 * DAY_MS);
  assert.ok(fromMs > AT - 91 * DAY_MS);
});

const bill = (billId: string, type: string, more: string) => `{"billId":"${billId}","ccy":"USDT",
"type":"${type}","ts":"${AT}","instId":"LTC-USDT-SWAP",${more}}`;

test('bills are flows, but for those of fills and what moves into a position and back', async () => {
  okx.answer(
    'account/bills',
    ok(
      bill('1', '8', '"subType":"173","balChg":"-0.5","posBalChg":"0","tradeId":""'),
      bill('2', '2', '"subType":"5","balChg":"12","posBalChg":"0","tradeId":"77"'),
      bill('3', '6', '"subType":"160","balChg":"-10","posBalChg":"10","tradeId":""'),
      bill('4', '1', '"subType":"11","balChg":"500","posBalChg":"","tradeId":"","instId":""'),
      bill('5', '7', '"subType":"9","balChg":"-0.01","posBalChg":"0","tradeId":""'),
      bill('6', '10', '"subType":"108","balChg":"-2","posBalChg":"0","tradeId":""'),
      bill('7', '5', '"subType":"109","balChg":"-3","posBalChg":"0","tradeId":""'),
      bill('8', '8', '"subType":"174","balChg":"0","posBalChg":"0.25","tradeId":""'),
    ),
  );
  const flows = await okx.account.cashFlowsSince(AT - 1_000);
  assert.deepEqual(
    flows?.rows.map(({ id, kind, asset, amount }) => [id, kind, asset, amount]),
    [
      ['1', 'funding', 'USDT', '-0.5'],
      ['4', 'transfer', 'USDT', '500'],
      ['5', 'interest', 'USDT', '-0.01'],
      ['6', 'other', 'USDT', '-2'],
      ['7', 'other', 'USDT', '-3'],
      ['8', 'funding', 'USDT', '0.25'],
    ],
  );
});

const maintenance = (state: string) => `{"title":"x","state":"${state}","begin":"1","end":"2",
"serviceType":"3","system":"unified","scheDesc":"","href":""}`;

const statuses = async () =>
  (await okx.account.status()).map(({ instrument, status }) => [instrument, status]);

test('it is in maintenance while any is under way, whatever is told after it', async () => {
  okx.answer('system/status', ok(maintenance('ongoing'), maintenance('scheduled')));
  assert.deepEqual(await statuses(), [[null, 'maintenance']]);
  okx.answer('system/status', ok(maintenance('completed'), maintenance('scheduled')));
  assert.deepEqual((await statuses())[1], ['BTC/USDT', 'open']);
});

test('each instrument has its status, and is ending where it ends soon', async () => {
  okx.answer('system/status', NONE);
  const told = async (state: string, more = '') => {
    okx.answer('public/instruments', (asked) =>
      asked.get('instType') === 'SPOT'
        ? ok('{"instType":"SPOT","instId":"BTC-USDT","state":"live","expTime":""}')
        : ok(`{"instType":"SWAP","instId":"LTC-USDT-SWAP","state":"${state}"${more}}`),
    );
    const [swap, spot] = await statuses();
    assert.deepEqual(spot, ['BTC/USDT', 'open']);
    return swap?.[1];
  };
  for (const [state, status] of [
    ['live', 'open'],
    ['suspend', 'halted'],
    ['preopen', 'halted'],
    ['rebase', 'halted'],
    ['post_only', 'post_only'],
    ['dreaming', 'unknown'],
  ] as const) {
    assert.equal(await told(state), status);
  }
  assert.equal(await told('live', `,"expTime":"${Date.now() + 3_600_000}"`), 'ending');
  okx.answer('public/instruments', NONE);
  assert.deepEqual(await statuses(), [
    ['LTC/USDT:USDT', 'ending'],
    ['BTC/USDT', 'ending'],
  ]);
});

test('a fill of an instrument that is not listed is left apart, and ours is read', async () => {
  const more = '"posSide":"net","fee":"0","feeCcy":"USDT","fillPnl":"0","subType":"4"';
  okx.answer('trade/fills', ok(fill('1', more), fill('2', more).replace('LTC-', 'NEW-')));
  const { rows, apart } = await okx.account.fillsSince(AT - 1_000);
  assert.deepEqual(
    rows.map(({ tradeId }) => tradeId),
    ['1'],
  );
  assert.deepEqual(
    apart?.map(({ instrument }) => instrument),
    ['NEW-USDT-SWAP'],
  );
});
