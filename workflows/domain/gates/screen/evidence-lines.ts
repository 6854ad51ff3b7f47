/**
 * Evidence of any kind as lines that a person reads, a row each.
 *
 * Invariants: a figure of the books, a part of the checklist and what is kept elsewhere are told in words of their
 * own; of the rest nothing is left out without being counted; the whole stands behind its hash.
 */
import { z } from 'zod';
import { ArtifactRef } from '../../content/artifact.js';
import { printable } from '../../content/printable.js';
import { firstOf } from '../../content/shortened.js';
import { moneyText } from '../../numbers/money-text.js';
import { ReconciliationLine } from '../../reconciliation/line.js';

const MOST_ROWS = 8;
const LONGEST = 300;

export interface EvidenceLine {
  label: string;
  text: string;
}

export function evidenceLines(evidence: Record<string, unknown>): EvidenceLine[] {
  const rows = Object.entries(evidence).toSorted(([a], [b]) => placeOf(a) - placeOf(b));
  return rows.flatMap(([key, value]) => linesOf(words(key), value));
}

/** What may explain the rest comes first. */
const LEADS: readonly string[] = ['gaps'];

function placeOf(key: string): number {
  return LEADS.includes(key) ? 0 : 1;
}

function linesOf(label: string, value: unknown): EvidenceLine[] {
  if (!Array.isArray(value)) return [{ label, text: cut(rowText(value)) }];
  if (value.length === 0) return [{ label, text: 'none' }];
  const rows = value.slice(0, MOST_ROWS).map((row) => ({ label, text: cut(rowText(row)) }));
  const more = value.length - rows.length;
  return more > 0 ? [...rows, { label, text: `and ${more} more` }] : rows;
}

function rowText(value: unknown): string {
  if (value === null) return 'unknown';
  if (Array.isArray(value)) return value.map(rowText).join('; ');
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value) ?? 'unknown';
  return inOwnWords(value) ?? inPairs(value);
}

const Compared = ReconciliationLine.pick({
  venue: true,
  item: true,
  internal: true,
  exchange: true,
  explainedByFills: true,
  explainedByFlows: true,
  unexplained: true,
  notional: true,
});
const Part = z.strictObject({ title: z.string(), items: z.array(z.string()) });

/** Null where it has none. */
function inOwnWords(value: object): string | null {
  const kept = ArtifactRef.safeParse(value).data;
  if (kept !== undefined) return `${kept.kind} in the record, ${kept.bytes} bytes`;
  const part = Part.safeParse(value).data;
  if (part !== undefined) return partOfChecklist(part);
  const compared = Compared.safeParse(value).data;
  return compared === undefined ? null : comparedText(compared);
}

/** Its boxes are counted, as `relight checklist` shows them; advice has none. */
function partOfChecklist({ title, items }: z.infer<typeof Part>): string {
  const count = (mark: string) => items.filter((item) => item.startsWith(mark)).length;
  const [done, open] = [count('[x] '), count('[ ] ')];
  if (done + open === 0) return `${title}: ${items.join('; ')}`;
  return `${title}: ${done} done, ${open} open`;
}

function comparedText(line: z.infer<typeof Compared>): string {
  const { venue, item, internal, exchange, explainedByFills, explainedByFlows } = line;
  const ours = `${venue} ${item}: ours ${internal}`;
  if (exchange === null || line.unexplained === null) return `${ours}, exchange UNKNOWN`;
  const worth = line.notional === null ? '' : ` (${moneyText(line.notional)})`;
  return (
    `${ours}, exchange ${exchange}; by fills ${explainedByFills}, by cash flows ${explainedByFlows}, ` +
    `unexplained ${line.unexplained}${worth}`
  );
}

function inPairs(value: object): string {
  return Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([key, part]) => `${words(key)} ${partText(part)}`)
    .join(', ');
}

function partText(part: unknown): string {
  return typeof part === 'object' && part !== null ? `(${rowText(part)})` : rowText(part);
}

/** `fillsApplied` → `fills applied`. */
function words(key: string): string {
  return printable(key).replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function cut(text: string): string {
  return firstOf(printable(text), LONGEST);
}
