/** The admin API's accounts: cash, funding, position mode, and how much the market takes. */
import { decimal } from '../decimal.js';
import type { Ledger } from '../ledger/ledger.js';
import type { PricePath } from '../market/price-path.js';
import {
  CashFlowBody,
  DepthBody,
  FeeSettingBody,
  FundingBody,
  PositionModeBody,
  TransferBody,
} from './admin-api.js';
import { BadInput, DONE, parseBody, requireInstrument, type AdminRoute } from './read-body.js';

interface AccountParts {
  ledger: Ledger;
  prices: PricePath;
}

export function accountRoutes({ ledger, prices }: AccountParts): Record<string, AdminRoute> {
  return {
    'POST /transfer': (ask) => {
      const { atMs, ...transfer } = parseBody(TransferBody, ask);
      ledger.dated(atMs, () => ledger.transfer(transfer));
      return DONE;
    },
    'POST /cash-flow': (ask) => {
      const { atMs, instrument, ...flow } = parseBody(CashFlowBody, ask);
      const cashFlow = {
        ...flow,
        amount: decimal(flow.amount),
        instrument:
          instrument === undefined ? undefined : requireInstrument(flow.venue, instrument),
      };
      ledger.dated(atMs, () => ledger.recordCashFlow(cashFlow));
      return DONE;
    },
    'POST /funding': (ask) => {
      const { venue, instrument: symbol, rate, markPrice, atMs } = parseBody(FundingBody, ask);
      const instrument = requireInstrument(venue, symbol);
      if (instrument.kind === 'spot')
        throw new BadInput(`instrument is "${symbol}": send a perpetual`);
      const price = markPrice === undefined ? prices.price(instrument.base) : decimal(markPrice);
      return { positions: ledger.dated(atMs, () => ledger.fund(instrument, decimal(rate), price)) };
    },
    'POST /position-mode': (ask) => {
      const { venue, mode } = parseBody(PositionModeBody, ask);
      ledger.setPositionMode(venue, mode);
      return DONE;
    },
    'POST /fee-setting': (ask) => {
      const { venue, inCoin } = parseBody(FeeSettingBody, ask);
      ledger.setFeeSetting(venue, inCoin);
      return DONE;
    },
    'POST /depth': (ask) => {
      const { venue, instrument: symbol, most, seed } = parseBody(DepthBody, ask);
      const instrument = requireInstrument(venue, symbol);
      if (most === null) ledger.depth.unlimit(instrument);
      else ledger.depth.limit(instrument, decimal(most), seed);
      return DONE;
    },
  };
}
