/**
 * What moves Binance's balances beside trades: income of futures, deposits and withdrawals of spot.
 *
 * Invariant: fees and results of trades are left to the fills that carry them.
 */
import { ccxt } from '../../connection/ccxt.js';
import type { History } from '../../../../activities/ports.js';
import { negate, subtract } from '../../../../workflows/domain/numbers/decimal.js';
import type { CashFlow } from '../../../../workflows/domain/books/state.js';
import { isListed } from '../../connection/markets.js';
import { id, name, number, timeMs, word, type Row } from '../../answers/rows.js';
import { call, DAY_MS, type Reach } from '../adapter.js';
import { allRows, tooManyPages } from '../pages.js';

/** Income is kept for three months. */
const INCOME_DAYS = 89;
const INCOME_PAGE = 1000;
const OF_FILLS = new Set(['COMMISSION', 'REALIZED_PNL']);

export async function incomeFlows(reach: Reach, sinceMs: number): Promise<History<CashFlow>> {
  const fromMs = Math.max(sinceMs, reach.exchange.milliseconds() - INCOME_DAYS * DAY_MS);
  const { rows } = await allRows({
    what: 'income',
    first: 1,
    keyOf: ({ asset, id: own }: CashFlow) => `${asset}|${own}`,
    stuck: () => tooManyPages('income'),
    read: async (page: number) => {
      const asked = { startTime: fromMs, limit: INCOME_PAGE, page };
      const found = (await call(reach.exchange, 'fapiPrivateGetIncome', asked)) as Row[];
      const flows = found.map((row) => incomeFlow(reach, row));
      return { rows: flows, next: found.length < INCOME_PAGE ? null : page + 1 };
    },
  });
  return { rows: rows.filter(isNoTrade), fromMs };
}

function isNoTrade(flow: CashFlow): boolean {
  return !OF_FILLS.has(flow.id.split(':')[0] ?? '');
}

function incomeFlow({ exchange, place }: Reach, row: Row): CashFlow {
  const type = name('cash flow', 'incomeType', row['incomeType']);
  const { symbol } = row;
  const instrument = exchange.safeSymbol(word(symbol), undefined, undefined, 'contract');
  return {
    ...place,
    // Unique within its type only.
    id: `${type}:${id('cash flow', 'tranId', row['tranId'])}`,
    kind: incomeKind(type),
    asset: name('cash flow', 'asset', row['asset']),
    amount: number('cash flow', 'income', row['income']),
    instrument: isListed(exchange, instrument) ? instrument : null,
    timeMs: timeMs('cash flow', row['time']),
  };
}

function incomeKind(type: string): CashFlow['kind'] {
  if (type === 'FUNDING_FEE') return 'funding';
  if (/TRANSFER|COIN_SWAP_(DEPOSIT|WITHDRAW)/.test(type)) return 'transfer';
  return /FEE|INSURANCE_CLEAR/.test(type) ? 'fee' : 'other';
}

/** Deposits and withdrawals are asked for in windows of at most this. */
const WALLET_WINDOW_MS = 89 * DAY_MS;
const WALLET_PAGE = 1000;
const WALLET_DAYS = 2 * 365;

/**
 * Null where the key may not read the wallet: then the venue tells none. Transfers between Binance's
 * own accounts are not among them: they can only be asked for by pair of accounts.
 */
export async function spotFlows(reach: Reach, sinceMs: number): Promise<History<CashFlow> | null> {
  const fromMs = Math.max(sinceMs, reach.exchange.milliseconds() - WALLET_DAYS * DAY_MS);
  try {
    const deposits = await walletRows(reach, 'sapiGetCapitalDepositHisrec', fromMs);
    const withdrawals = await walletRows(reach, 'sapiGetCapitalWithdrawHistory', fromMs);
    const rows = [
      ...deposits
        .filter(({ status }) => DEPOSITED.has(Number(status)))
        .map((row) => deposit(reach, row)),
      ...withdrawals
        .filter(({ status }) => !UNDONE.has(Number(status)))
        .map((row) => withdrawal(reach, row)),
    ];
    return { rows: rows.filter(({ timeMs: at }) => at >= fromMs), fromMs };
  } catch (error) {
    if (error instanceof ccxt.OperationFailed || !(error instanceof ccxt.ExchangeError))
      throw error;
    return null;
  }
}

/** Credited, or credited and still locked. */
const DEPOSITED = new Set([1, 6]);
/** Cancelled, rejected, failed: the amount came back. */
const UNDONE = new Set([1, 3, 5]);

async function walletRows({ exchange }: Reach, method: string, fromMs: number): Promise<Row[]> {
  const all: Row[] = [];
  const nowMs = exchange.milliseconds();
  for (let startTime = fromMs; startTime <= nowMs; startTime += WALLET_WINDOW_MS) {
    const endTime = startTime + WALLET_WINDOW_MS - 1;
    // The last window is open: a clock that is behind must not hide what was just booked.
    const window = endTime < nowMs ? { startTime, endTime } : { startTime };
    const read = async (offset: number) => {
      const asked = { ...window, offset, limit: WALLET_PAGE };
      const rows = (await call(exchange, method, asked)) as Row[];
      return { rows, next: rows.length < WALLET_PAGE ? null : offset + WALLET_PAGE };
    };
    all.push(...(await allRows({ what: 'capital', first: 0, read })).rows);
  }
  return all.filter(isOfSpot);
}

/** The funding wallet is in these histories, and not in the balances. */
function isOfSpot(row: Row): boolean {
  return Number(row['walletType'] ?? 0) === 0;
}

function deposit({ exchange, place }: Reach, row: Row): CashFlow {
  return {
    ...place,
    id: `deposit:${id('cash flow', 'id', row['id'] ?? row['txId'])}`,
    kind: 'transfer',
    asset: name('cash flow', 'coin', exchange.safeCurrencyCode(row['coin'] as string)),
    amount: number('cash flow', 'amount', row['amount']),
    instrument: null,
    timeMs: timeMs('cash flow', row['insertTime']),
  };
}

/** The amount is what arrives; the fee left the balance too. Its time is text without a zone: UTC. */
function withdrawal({ exchange, place }: Reach, row: Row): CashFlow {
  const amount = number('cash flow', 'amount', row['amount']);
  const fee = number('cash flow', 'transactionFee', row['transactionFee'] ?? '0');
  const applied = name('cash flow', 'applyTime', row['applyTime']);
  return {
    ...place,
    id: `withdrawal:${id('cash flow', 'id', row['id'])}`,
    kind: 'transfer',
    asset: name('cash flow', 'coin', exchange.safeCurrencyCode(row['coin'] as string)),
    amount: subtract(negate(amount), fee),
    instrument: null,
    timeMs: timeMs('cash flow', Date.parse(`${applied.replace(' ', 'T')}Z`)),
  };
}
