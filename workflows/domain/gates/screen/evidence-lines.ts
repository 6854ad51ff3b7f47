/**
 * Evidence of any kind as lines that a person reads, a row each.
 *
 * Invariant: nothing of it is left out without being counted; the whole stands behind its hash.
 */
import { printable } from '../../content/printable.js';
import { firstOf } from '../../content/shortened.js';

const MOST_ROWS = 8;
const LONGEST = 300;

export interface EvidenceLine {
  label: string;
  text: string;
}

export function evidenceLines(evidence: Record<string, unknown>): EvidenceLine[] {
  return Object.entries(evidence).flatMap(([key, value]) => linesOf(words(key), value));
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
