/**
 * What venues state is taken as they state it: the asset of a result and of a fee, the kind of a fill,
 * the wallets of an asset. Recorded answers, served on loopback.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBench, rejectsAs, type Bench } from '../bench.js';
import { explained, recordedCase } from './cases.js';
import { openRecording } from './recorded.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());

const PLACE = { account: 'main' };

test('binanceusdm: a result in credits is booked in credits', async () => {
  const { account, answer } = openRecording(bench, 'binanceusdm');
  answer('/userTrades', [recordedCase('binanceusdm', 'userTrades-bnfcr'), '[]']);
  const { rows } = await account.fillsSince(Date.now() - 86_400_000);
  assert.equal(rows.length, 1);
  assert.deepEqual(explained('binanceusdm', rows, [{ BNFCR: '5000' }, { BNFCR: '5096.95' }]), {
    BNFCR: ['96.95', '0'],
  });
});

test('binanceusdm: a position without an entry price is held at an unknown one', async () => {
  const { account, answer } = openRecording(bench, 'binanceusdm');
  const row = (more: string) =>
    `[{"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"10","notional":"600000"${more}}]`;
  answer('/positionRisk', row(',"entryPrice":"0.0"'));
  const [held] = await account.positions();
  assert.deepEqual([held?.quantity, held?.averagePrice], ['10', null]);
  answer('/positionRisk', row(''));
  await rejectsAs(account.positions(), ['VenueUnreadable']);
});

test('krakenfutures: a result paid in bitcoin is booked in bitcoin', async () => {
  const { account, answer } = openRecording(bench, 'krakenfutures');
  answer('/fills', recordedCase('krakenfutures', 'fills-pnl-in-btc'));
  answer('/account-log', recordedCase('krakenfutures', 'accountLog-pnl-in-btc'));
  const { rows } = await account.fillsSince(0);
  assert.deepEqual(explained('krakenfutures', rows, [{ BTC: '1' }, { BTC: '1.00158934' }]), {
    BTC: ['0.00158934', '0'],
  });
});

for (const [file, fee, after] of [
  ['Ledgers-fee-in-base', { asset: 'BTC', amount: '0.004' }, { BTC: '0.996', USD: '-60000' }],
  [
    'Ledgers-fee-in-kfee',
    { asset: 'KFEE', amount: '2400' },
    { BTC: '1', KFEE: '-2400', USD: '-60000' },
  ],
] as const) {
  test(`kraken: a fee is what the ledger charges, as in ${file}`, async () => {
    const { account, answer } = openRecording(bench, 'kraken');
    answer('/TradesHistory', recordedCase('kraken', 'TradesHistory-one-buy'));
    answer('/Ledgers', recordedCase('kraken', file));
    const { rows, doubts } = await account.fillsSince(0);
    assert.deepEqual([rows.map((one) => one.fee), doubts], [[fee], []]);
    const lines = explained('kraken', rows, [{}, after]);
    assert.deepEqual(
      Object.fromEntries(Object.entries(lines).map(([asset, parts]) => [asset, parts])),
      Object.fromEntries(Object.entries(after).map(([asset, total]) => [asset, [total, '0']])),
    );
  });
}

test('kraken: two fees of one trade are both charged', async () => {
  const { account, answer } = openRecording(bench, 'kraken');
  const ledger = JSON.parse(recordedCase('kraken', 'Ledgers-fee-in-kfee')) as {
    result: { ledger: Record<string, { fee: string }> };
  };
  Object.assign(ledger.result.ledger['L2'] ?? {}, { fee: '0.001' });
  answer('/TradesHistory', recordedCase('kraken', 'TradesHistory-one-buy'));
  answer('/Ledgers', JSON.stringify(ledger));
  const { rows } = await account.fillsSince(0);
  const theirs = { BTC: '0.999', KFEE: '-2400', USD: '-60000' };
  assert.deepEqual(explained('kraken', rows, [{}, theirs]), {
    BTC: ['0.999', '0'],
    KFEE: ['-2400', '0'],
    USD: ['-60000', '0'],
  });
});

test('kraken: without the ledger a fee is in quote, and that is said', async () => {
  const { account, answer } = openRecording(bench, 'kraken');
  answer('/TradesHistory', recordedCase('kraken', 'TradesHistory-one-buy'));
  answer('/Ledgers', '{"error":[],"result":{"ledger":{},"count":0}}');
  const untold = await account.fillsSince(0);
  assert.deepEqual(untold.rows[0]?.fee, { asset: 'USD', amount: '240' });
  assert.match(
    untold.doubts?.join() ?? '',
    /^fees of 1 fills .*: the ledger has no entry of them$/,
  );
  answer('/Ledgers', '{"error":["EGeneral:Permission denied"]}');
  const { doubts } = await account.fillsSince(0);
  assert.match(doubts?.join() ?? '', /the key may not read the ledger$/);
});

for (const name of ['same-id', 'other-id']) {
  test(`coinbase: a fill that is reversed comes to nothing, ${name}`, async () => {
    const { account, answer } = openRecording(bench, 'coinbase');
    answer('/historical/fills', recordedCase('coinbase', `fills-reversal-${name}`));
    const { rows } = await account.fillsSince(0);
    assert.deepEqual(
      rows.map(({ side, kind }) => [side, kind]),
      [
        ['buy', undefined],
        ['sell', 'reversal'],
      ],
    );
    const same = { BTC: '1', USD: '1000' };
    const lines = explained('coinbase', rows, [same, same]);
    assert.deepEqual(lines, { BTC: ['0', '0'], USD: ['0', '0'] });
  });
}

test('coinbase: a correction stands instead, and a kind that nobody has read is left apart', async () => {
  const { account, answer } = openRecording(bench, 'coinbase');
  const { fills } = JSON.parse(recordedCase('coinbase', 'fills-reversal-same-id')) as {
    fills: object[];
  };
  const [fill, reversal] = fills;
  const correction = { ...fill, entry_id: 'e3', trade_type: 'CORRECTION', size: '0.4' };
  const strange = { ...fill, entry_id: 'e4', trade_id: 't4', trade_type: 'SYNTHETIC' };
  const told = { cursor: '', fills: [fill, reversal, correction, strange] };
  answer('/historical/fills', JSON.stringify(told));
  const { rows, apart } = await account.fillsSince(0);
  const lines = explained('coinbase', rows, [{}, { BTC: '0.4', USD: '-24030' }]);
  assert.deepEqual(lines, { BTC: ['0.4', '0'], USD: ['-24030', '0'] });
  assert.deepEqual(apart, [
    { instrument: 'BTC/USD', why: 'trade_type "SYNTHETIC" of a fill is not known' },
  ]);
});

test('coinbase: a wallet counts whatever the word for its kind, but a vault and perpetuals', async () => {
  const { account, answer } = openRecording(bench, 'coinbase');
  const text = recordedCase('coinbase', 'accounts-type-words');
  const read = async () =>
    Object.fromEntries((await account.balances()).map(({ asset, total }) => [asset, total]));
  answer('/brokerage/accounts', text);
  assert.deepEqual(await read(), { BTC: '1.5', USD: '10000' });
  answer('/brokerage/accounts', text.replace('"CRYPTO"', '"ACCOUNT_TYPE_UNSPECIFIED"'));
  assert.deepEqual(await read(), { BTC: '1.5', USD: '10000' });
  for (const word of ['VAULT', 'ACCOUNT_TYPE_VAULT', 'ACCOUNT_TYPE_PERP_FUTURES']) {
    answer('/brokerage/accounts', text.replace('"CRYPTO"', `"${word}"`));
    assert.deepEqual(await read(), { USD: '10000' }, word);
  }
});

test('krakenfutures: a contract is halted where its market is suspended, whatever else it says', async () => {
  const { account, answer } = openRecording(bench, 'krakenfutures');
  const at = `${bench.venues.urls.krakenfutures}/derivatives/api/v3`;
  const text = await (await fetch(`${at}/tickers`)).text();
  const suspend = (suspended: string) =>
    answer('/tickers', text.replace('"suspended":false', suspended));
  const statuses = async () => (await account.status()).map(({ status }) => status);
  suspend('"suspended":true');
  assert.deepEqual(await statuses(), ['halted', 'open']);
  suspend('"other":false');
  assert.deepEqual(await statuses(), ['unknown', 'open']);
});

test('coinbase: a wallet of futures is left out by its platform, and no other is', async () => {
  const { account, answer } = openRecording(bench, 'coinbase');
  const told = JSON.parse(recordedCase('coinbase', 'accounts-type-words')) as {
    accounts: object[];
  };
  const read = async (platform: string) => {
    const accounts = told.accounts.map((row, at) => (at === 0 ? { ...row, platform } : row));
    answer('/brokerage/accounts', JSON.stringify({ ...told, accounts }));
    return (await account.balances()).map(({ asset }) => asset);
  };
  for (const platform of ['ACCOUNT_PLATFORM_CFM_CONSUMER', 'ACCOUNT_PLATFORM_INTX']) {
    assert.deepEqual(await read(platform), ['USD'], platform);
  }
  for (const platform of ['ACCOUNT_PLATFORM_CONSUMER', 'ACCOUNT_PLATFORM_UNSPECIFIED', 'NEW']) {
    assert.deepEqual(await read(platform), ['BTC', 'USD'], platform);
  }
});

test('kraken: what earns and is spent from is the asset itself; what is bonded is not', async () => {
  const { account, answer } = openRecording(bench, 'kraken');
  answer('/BalanceEx', recordedCase('kraken', 'BalanceEx-rewards'));
  const place = { ...PLACE, venue: 'kraken' };
  assert.deepEqual(await account.balances(), [
    { ...place, asset: 'USD', total: '40000', parts: { 'USD.F': '40000' } },
    { ...place, asset: 'BTC', total: '1.5', parts: { 'BTC.F': '1.5' } },
    { ...place, asset: 'DOT.S', total: '10' },
  ]);
  const bonded = ['DOT.S', 'ETH28.S', 'BTC.F', 'ETH.B', 'BTC', 'ETH2.M'];
  const others = await account.sameAs?.([...bonded, 'USD.HOLD', 'BTC.T', 'HOLD', 'AAPL.D']);
  assert.deepEqual(others, {
    'DOT.S': 'DOT',
    'ETH28.S': 'ETH',
    'BTC.F': 'BTC',
    'ETH.B': 'ETH',
    'ETH2.M': 'ETH',
    'USD.HOLD': 'USD',
    'BTC.T': 'BTC',
  });
});

test('binance: what is lent out is named, and told from a coin that begins alike', async () => {
  const { account, answer } = openRecording(bench, 'binance');
  answer('/v3/account', recordedCase('binance', 'account-bnb-and-earn'));
  const assets = (await account.balances()).map(({ asset }) => asset);
  assert.deepEqual(assets, ['BTC', 'USDT', 'LDBTC', 'LDUSDT', 'BNB']);
  const others = await account.sameAs?.([...assets, 'LDO']);
  assert.deepEqual(others, { LDBTC: 'BTC', LDUSDT: 'USDT' });
});
