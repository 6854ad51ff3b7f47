/** I4: what Relight and the engine believe, against the ledger: as trading resumes, and at the end. */
import type { ResolutionKind } from '../../../workflows/domain/orders/resolution.js';
import type { Facts, Fate, LedgerStatus } from './facts.js';

const ALIVE: LedgerStatus[] = ['open', 'partly_filled'];
const ENDED: LedgerStatus[] = ['filled', 'cancelled', 'expired', 'rejected'];

/** What the ledger may say where Relight says that; `unknown` claims nothing. */
const TRUTHS: Record<ResolutionKind, readonly (LedgerStatus | null)[]> = {
  still_open: ALIVE,
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

function isTrue({ told, truths, isFilledSo }: Fate): boolean {
  return isFilledSo && truths.some((truth) => TRUTHS[told].includes(truth));
}

export function asTheLedger({ compared, fates }: Facts): string[] {
  const books = compared.flatMap(({ atMs, moment, engineId, epoch, differences }) =>
    differences.map((what) => `${engineId} epoch ${epoch}, ${moment} at ${atMs}: ${what}`),
  );
  const orders = fates
    .filter((fate) => !isTrue(fate))
    .map(
      ({ order, told, truths, isFilledSo }) =>
        `${order} is told as ${told}${isFilledSo ? '' : ', filled otherwise'}, and was ${wordsOf(truths)}`,
    );
  return [...books, ...orders];
}

function wordsOf(truths: Fate['truths']): string {
  return truths.map((truth) => truth ?? 'never seen').join(', ');
}
