/**
 * `relight journal`: what an engine was about to send, by the file in which it noted that.
 *
 * Invariant: a file that cannot be read whole never ends with 0.
 */
import { counted } from '../../../../workflows/domain/content/counted.js';
import { utcText } from '../../../../workflows/domain/content/utc-text.js';
import type { Intent, Journal } from '../../../../workflows/domain/engine/journal.js';
import { EXIT, print, printJson, printLine, sayLine } from '../../output.js';
import { columnTable, type Column } from '../../tables/text.js';
import { UsageError } from '../../usage-error.js';

export interface JournalOptions {
  last: string;
  json?: boolean;
}

/** Or why not, as the end of a sentence that begins with the file's name. */
export type ReadJournal = (file: string) => Promise<Journal | string>;

const COLUMNS: readonly Column<Intent>[] = [
  { title: '#', number: true, cell: ({ sequence }) => String(sequence) },
  { title: 'at', cell: ({ timeNs }) => utcText(Number(BigInt(timeNs) / 1_000_000n)) },
  { title: 'venue', cell: ({ venue }) => venue },
  { title: 'account', cell: ({ account }) => account },
  { title: 'instrument', cell: ({ instrument }) => instrument },
  { title: 'side', cell: ({ side }) => side },
  { title: 'quantity', number: true, cell: ({ quantity }) => quantity },
  { title: 'price', number: true, cell: ({ price }) => price ?? 'market' },
  { title: 'client id', cell: ({ clientOrderId }) => clientOrderId },
];

export async function showJournal(
  read: ReadJournal,
  file: string,
  { last, json }: JournalOptions,
): Promise<number> {
  const most = countOf(last);
  const journal = await read(file);
  if (typeof journal === 'string') {
    sayLine(`${file} ${journal}`);
    return EXIT.unknown;
  }
  if (json === true) printJson(journal);
  else show(file, journal, most);
  return journal.damaged + journal.missing === 0 ? EXIT.done : EXIT.unknown;
}

function countOf(last: string): number {
  if (/^[1-9]\d{0,5}$/.test(last)) return Number(last);
  throw new UsageError(`--last is "${last}": give a number from 1 to 999999`);
}

function show(file: string, journal: Journal, most: number): void {
  const { engineId, instanceId, epoch, pid, intents } = journal;
  const shown = intents.slice(-most);
  if (shown.length > 0) print(columnTable(COLUMNS, shown));
  const part = shown.length < intents.length ? `, the last ${shown.length} above` : '';
  printLine(`${file}: ${engineId}, instance ${instanceId}, epoch ${epoch}, pid ${pid}`);
  printLine(`${counted(intents.length, 'order')} it was about to send${part}`);
  for (const line of notesOf(journal)) printLine(line);
}

function notesOf({ overwritten, unfinished, damaged, missing }: Journal): string[] {
  const notes: [number, string][] = [
    [overwritten, 'older ones are overwritten'],
    [unfinished, 'begun and not finished: an order is sent after its record, so not yet'],
    [damaged, 'DAMAGED: what stood there is NOT KNOWN'],
    [missing, 'MISSING between those that are there: NOT KNOWN'],
  ];
  return notes.filter(([count]) => count > 0).map(([count, what]) => `  ${count} ${what}`);
}
