/**
 * How USD-M futures are margined, as an account sets it.
 *
 * Invariant: what is set is kept and told, and moves no figure: the ledger margins everything alike
 * (`MARGIN_RATE`), so no leverage above that is taken.
 */
import type { Desk } from '../../desk.js';
import type { Reply, Route } from '../../http/route.js';
import { MARGIN_RATE, type Instrument } from '../../instruments.js';
import { Refusal } from '../../refusal.js';
import { oneOf, optionalInteger } from '../parameters.js';

const MARGIN_TYPES = ['CROSSED', 'ISOLATED'] as const;
type MarginType = (typeof MARGIN_TYPES)[number];

interface SymbolSetting {
  marginType: MarginType;
  leverage: number;
}

const MOST_LEVERAGE = 1 / MARGIN_RATE.toNumber();
const MOST_NOTIONAL = '1000000000';
const USUAL: SymbolSetting = { marginType: 'CROSSED', leverage: MOST_LEVERAGE };

const read = { method: 'GET', endpoint: 'positionMode', signed: true } as const;
const write = { method: 'POST', endpoint: 'setPositionMode', signed: true } as const;

export function marginRoutes(desk: Desk): Route[] {
  const settings = new Map<Instrument, SymbolSetting>();
  const settingOf = (row: Instrument) => settings.get(row) ?? USUAL;
  const assets = '/fapi/v1/multiAssetsMargin';
  return [
    { ...read, path: assets, handle: () => ({ body: { multiAssetsMargin: false } }) },
    { ...write, path: assets, handle: ({ params }) => setAssetsMode(params) },
    {
      ...read,
      path: '/fapi/v1/symbolConfig',
      handle: ({ params }) => {
        const asked = params.get('symbol');
        const rows = asked === null ? desk.instruments : [desk.instrument(asked)];
        return { body: rows.map((row) => configOf(row, settingOf(row))) };
      },
    },
    {
      ...write,
      path: '/fapi/v1/leverage',
      handle: ({ params }) => {
        const row = desk.instrument(params.get('symbol'));
        const leverage = readLeverage(params);
        settings.set(row, { ...settingOf(row), leverage });
        return { body: { leverage, maxNotionalValue: MOST_NOTIONAL, symbol: row.nativeId } };
      },
    },
    {
      ...write,
      path: '/fapi/v1/marginType',
      handle: ({ params }) => {
        const row = desk.instrument(params.get('symbol'));
        const marginType = oneOf('marginType', MARGIN_TYPES, params.get('marginType'));
        const refused = whyUnchanged(desk, row, settingOf(row).marginType === marginType);
        if (refused) return refused;
        settings.set(row, { ...settingOf(row), marginType });
        return { body: { code: 200, msg: 'success' } };
      },
    },
  ];
}

function readLeverage(params: URLSearchParams): number {
  const leverage = optionalInteger(params, 'leverage');
  if (leverage !== undefined && leverage >= 1 && leverage <= MOST_LEVERAGE) return leverage;
  throw new Refusal('invalid-argument', `leverage must be from 1 to ${MOST_LEVERAGE}`);
}

function refusal(code: number, msg: string): Reply {
  return { status: 400, body: { code, msg }, refused: msg };
}

function setAssetsMode(params: URLSearchParams): Reply {
  const mode = oneOf('multiAssetsMargin', ['true', 'false'], params.get('multiAssetsMargin'));
  if (mode === 'false') return refusal(-4171, 'No need to change multi-assets mode.');
  throw new Refusal('invalid-argument', 'this account has the single-asset mode');
}

function whyUnchanged(desk: Desk, row: Instrument, isSame: boolean): Reply | null {
  if (isSame) return refusal(-4046, 'No need to change margin type.');
  if (desk.ledger.openOrders(desk.venue, row).length > 0) {
    return refusal(-4047, 'Margin type cannot be changed if there exists open orders.');
  }
  const held = desk.state.positions.values();
  const isOpen = [...held].some(
    ({ symbol, quantity }) => symbol === row.symbol && !quantity.isZero(),
  );
  if (!isOpen) return null;
  return refusal(-4048, 'Margin type cannot be changed if there exists position.');
}

function configOf({ nativeId }: Instrument, { marginType, leverage }: SymbolSetting) {
  return {
    symbol: nativeId,
    marginType,
    isAutoAddMargin: 'false',
    leverage,
    maxNotionalValue: MOST_NOTIONAL,
  };
}
