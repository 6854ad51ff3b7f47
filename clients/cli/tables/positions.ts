/**
 * Positions and balances as a trader reads them.
 *
 * Invariant: amounts and prices are exact; only money that comes from a price is rounded, and never
 * where it counts in a coin; it is shown with its currency, where one is known.
 */
import { moneyText } from '../../../workflows/domain/numbers/money-text.js';
import { quoteAsset } from '../../../workflows/domain/books/instruments.js';
import type { BalanceRow, PositionRow, PositionsAnswer } from '../answers/schemas.js';
import { print, printLine, sayLine } from '../output.js';
import { withCurrency, worthText } from './money.js';
import { columnTable, type Column } from './text.js';
import { showLeftApart, showUnlisted, showUnreadable } from './reconciliation.js';
import { counted } from '../../../workflows/domain/content/counted.js';
import { shortened } from '../../../workflows/domain/content/shortened.js';

const POSITIONS: Column<PositionRow>[] = [
  { title: 'venue', cell: ({ venue }) => venue },
  { title: 'position', cell: ({ instrument }) => instrument },
  { title: 'side', cell: ({ side }) => side },
  { title: 'quantity', number: true, cell: ({ quantity }) => quantity },
  { title: 'entry', number: true, cell: ({ averagePrice }) => averagePrice ?? 'unknown' },
  { title: 'mark', number: true, cell: ({ mark }) => mark ?? 'unknown' },
  { title: 'worth', number: true, cell: (row) => worthText(row, 'unknown') },
  { title: 'unrealised', number: true, cell: unrealisedText },
];

const BALANCES: Column<BalanceRow>[] = [
  { title: 'venue', cell: ({ venue }) => venue },
  { title: 'balance', cell: ({ asset }) => asset },
  { title: 'total', number: true, cell: ({ total }) => total },
  { title: 'mark', number: true, cell: ({ mark }) => mark ?? '-' },
  { title: 'worth', number: true, cell: (row) => worthText(row, '-') },
];

export function showPositions(answer: PositionsAnswer): void {
  const { engineId, positions: held, balances, unreadable, unlisted, leftApart, exposure } = answer;
  if (held.length > 0) print(`${columnTable(POSITIONS, held)}\n`);
  if (balances.length > 0) print(columnTable(BALANCES, balances));
  showExposure(exposure);
  showUnlisted(unlisted);
  showLeftApart(leftApart);
  showUnreadable(unreadable);
  const known = unreadable.length === 0 ? '' : ` where it could be read`;
  printLine(
    `${engineId}: ${counted(held.length, 'position')}, ${counted(balances.length, 'balance')}${known}`,
  );
}

const MOST_UNPRICED = 20;

/** What a recovery would ask about for want of a price. */
function showExposure(exposure: PositionsAnswer['exposure']): void {
  if (exposure === null) sayLine('prices COULD NOT BE READ: exposure is unknown');
  if (exposure === null || exposure.unpriced.length === 0) return;
  const { unpriced, setting } = exposure;
  sayLine(`no price for ${shortened(unpriced, MOST_UNPRICED).join(', ')}: a recovery would ask`);
  if (setting !== null) sayLine(`what no market prices is declared harmless by ${setting}`);
}

/** An inverse contract gains in its base currency, of which a cent may be a fortune. */
function unrealisedText({ instrument, unrealizedPnl, pnlAsset }: PositionRow): string {
  if (unrealizedPnl === null) return 'unknown';
  const inCash = pnlAsset === null || pnlAsset === quoteAsset(instrument);
  return withCurrency(inCash ? moneyText(unrealizedPnl) : unrealizedPnl, pnlAsset);
}
