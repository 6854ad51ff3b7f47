/**
 * Balances of contracts as venues' documentation shows them: the wallet, without open profit; and what
 * is said of the venues whose rows nobody has read.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVenueAccount } from '../../../../../clients/exchange/account/venue-account.js';
import { generic } from '../../../../../clients/exchange/venues/generic/adapter.js';
import { settingsOf } from '../../stubbed.js';
import { INVERSE, reachOf, SWAP } from './reach.js';

const WALLETS: [ccxtId: string, instrument: string, answer: unknown, total: string][] = [
  [
    'kucoin',
    SWAP,
    {
      data: { currency: 'USDT', accountEquity: 1250.5, unrealisedPNL: 250.5, marginBalance: 1000 },
    },
    'USDT 1000',
  ],
  [
    'bitget',
    SWAP,
    {
      data: [
        {
          marginCoin: 'USDT',
          accountEquity: '1250.5',
          unrealizedPL: '250.5',
          available: '900',
          maxTransferOut: '9',
        },
      ],
    },
    'USDT 1000',
  ],
  [
    'htx',
    SWAP,
    {
      data: {
        equity: '1250.5',
        details: [
          { currency: 'USDT', equity: '1250.5', profit_unreal: '250.5', available_margin: '9' },
        ],
      },
    },
    'USDT 1000',
  ],
  [
    'mexc',
    SWAP,
    {
      data: [
        {
          currency: 'USDT',
          equity: 1250.5,
          unrealized: 250.5,
          availableBalance: 800,
          frozenBalance: 0,
          positionMargin: 200,
        },
      ],
    },
    'USDT 1000',
  ],
  [
    'bingx',
    SWAP,
    {
      data: [
        {
          asset: 'USDT',
          balance: '1000',
          equity: '1250.5',
          unrealizedProfit: '250.5',
          maxWithdrawAmount: '700',
        },
      ],
    },
    'USDT 1000',
  ],
  [
    'deribit',
    INVERSE,
    {
      result: {
        currency: 'BTC',
        equity: 1.2505,
        balance: 1,
        available_funds: 1,
        maintenance_margin: 0,
      },
    },
    'BTC 1',
  ],
  [
    'gate',
    SWAP,
    { currency: 'USDT', total: '1000', unrealised_pnl: '250.5', available: '900' },
    'USDT 1000',
  ],
];

for (const [ccxtId, instrument, answer, total] of WALLETS) {
  test(`${ccxtId}: a balance of contracts is the wallet, without open profit`, async () => {
    const reach = reachOf(ccxtId, { [instrument]: 'BTC-X' }, () => answer);
    const balances = await generic.balances(reach);
    assert.deepEqual(
      balances.map((one) => `${one.asset} ${one.total}`),
      [total],
    );
  });
}

test('a balance that does not tell the open profit in it is not read', async () => {
  const equity = { data: { currency: 'USDT', accountEquity: 1250.5 } };
  const reach = reachOf('kucoin', { [SWAP]: 'XBTUSDTM' }, () => equity);
  await assert.rejects(generic.balances(reach), /balance row without a valid wallet/);
});

test('what the rows of a venue are not known to tell is said', () => {
  const gapsAt = (ccxtId: string, instrument: string) =>
    createVenueAccount(settingsOf(ccxtId, [instrument])).blindSpots.join('\n');
  const unread = gapsAt('coinex', SWAP);
  assert.match(unread, /hedge mode/);
  assert.match(unread, /liquidations and deleveragings/);
  assert.match(unread, /profit of open positions/);
  assert.doesNotMatch(gapsAt('bitget', SWAP), /hedge|liquidations|profit/);
  assert.doesNotMatch(gapsAt('coinex', 'BTC/USDT'), /hedge|liquidations|profit/);
  assert.match(gapsAt('gate', SWAP), /hedge mode/);
  assert.doesNotMatch(gapsAt('gate', SWAP), /liquidations|profit/);
});
