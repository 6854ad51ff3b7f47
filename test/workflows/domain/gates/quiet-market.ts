/** What a question shows of the market, where nothing is the matter with it. */
import type { MarketView } from '../../../../workflows/domain/gates/market.js';

export function quietMarket(change: Partial<MarketView> = {}): MarketView {
  return {
    readAtMs: 1_700_000_000_000,
    positions: {
      shown: [
        {
          venue: 'alpha',
          item: 'BTC/USDT:USDT',
          side: 'long',
          quantity: '2',
          mark: '60000',
          notional: '120000',
          stop: 'protected',
          covered: '2',
          lost: false,
          before: '2',
        },
      ],
      count: 1,
    },
    orders: {
      ours: 2,
      others: 0,
      kinds: [
        { what: 'limit buy', count: 1 },
        { what: 'stop sell', count: 1 },
      ],
      protective: { shown: ['alpha BTC/USDT:USDT sell 2 at 57000 (mk-7)'], count: 1 },
    },
    exposure: {
      total: '120000',
      by: {
        shown: [{ item: 'alpha BTC/USDT:USDT', notional: '120000', quantity: '2' }],
        count: 1,
      },
    },
    differences: { shown: [], count: 0 },
    unknown: [],
    ...change,
  };
}
