/** I4: what Relight and the engine believe, against the ledger: as trading resumes, and at the end. */
import type { ResolutionKind } from '../../../workflows/domain/orders/resolution.js';
import type { Facts, LedgerStatus } from './facts.js';

const ALIVE: LedgerStatus[] = ['open', 'partly_filled'];
const ENDED: LedgerStatus[] = ['filled', 'cancelled', 'expired', 'rejected'];

/** What the ledger may say where Relight says that; `unknown` claims nothing. */
const TRUTHS: Record<ResolutionKind, readonly (LedgerStatus | null)[]> = {
  still_open: ['open'],
  partly_filled: ['partly_filled'],
  filled: ['filled'],
  cancelled: ['cancelled'],
  expired: ['expired'],
  rejected: ['rejected'],
  never_arrived: [null],
  adopted: ALIVE,
  foreign: ALIVE,
  ended_unseen: ENDED,
  unknown: [...ALIVE, ...ENDED, null],
};

export function asTheLedger({ compared, fates }: Facts): string[] {
  const books = compared.flatMap(({ atMs, moment, engineId, epoch, differences }) =>
    differences.map((what) => `${engineId} epoch ${epoch}, ${moment} at ${atMs}: ${what}`),
  );
  const orders = fates
    .filter(({ told, truth }) => !TRUTHS[told].includes(truth))
    .map(
      ({ order, told, truth }) => `${order} is told as ${told}, and was ${truth ?? 'never seen'}`,
    );
  return [...books, ...orders];
}
