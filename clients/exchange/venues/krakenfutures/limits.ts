/** How often Kraken Futures may be asked: a pool for its derivatives, and one for its histories. */
import { perWindow, type Limits } from '../../budget/charge.js';

const DERIVATIVES = perWindow(500, 10);
const HISTORY = perWindow(100, 600);
const PUBLIC = { capacity: 20, perSecond: 10 };
const COSTS: Readonly<Record<string, number>> = {
  sendorder: 10,
  editorder: 10,
  cancelorder: 10,
  batchorder: 10,
  accounts: 2,
  openpositions: 2,
  openorders: 2,
  fills: 2,
  cancelallorders: 25,
  cancelallordersafter: 25,
};

export const KRAKENFUTURES_LIMITS: Limits = {
  charges: ({ api, path, params, signed }) => {
    if (!signed) return [{ bucket: 'public', scope: 'ip', limit: PUBLIC, cost: 1 }];
    if (api === 'history') {
      return [{ bucket: 'history', scope: 'key', limit: HISTORY, cost: historyCost(path, params) }];
    }
    const older = path === 'fills' && params['lastFillTime'] !== undefined;
    const cost = older ? 25 : (COSTS[path] ?? 1);
    return [{ bucket: 'derivatives', scope: 'key', limit: DERIVATIVES, cost }];
  },
};

function historyCost(path: string, { count }: Record<string, unknown>): number {
  if (path !== 'account-log') return 1;
  const rows = typeof count === 'number' ? count : 500;
  if (rows <= 25) return 1;
  if (rows <= 50) return 2;
  if (rows <= 1000) return 3;
  return rows <= 5000 ? 6 : 10;
}
