/**
 * The policy that was in force: what a person has set first, then all that stood at its default.
 *
 * Invariant: every setting of the record's policy is printed, so that nobody has to ask what held then.
 */
import { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import { durationText } from '../../../workflows/domain/numbers/duration-text.js';
import { utc } from '../format.js';
import type { Sheet } from '../sheet.js';
import { MAX_ROWS, table, type Row } from '../table.js';
import { TEXT } from '../theme.js';

const COLUMNS = [
  { title: 'Setting', share: 160, maxLines: 3 },
  { title: 'In force', share: 200, maxLines: 6 },
  { title: 'Default', share: 155, maxLines: 3 },
];

export function policyTable(sheet: Sheet, { policy, rules }: RecoveryRecord): void {
  sheet.section('Policy in force');
  if (policy === undefined) return sheet.paragraph('This record does not have it.');
  const now = settingsOf(policy);
  const usual = settingsOf(RecoveryPolicy.parse({}));
  const set = [...now].filter(([path, value]) => usual.get(path) !== value);
  const same = [...now].filter(([path, value]) => usual.get(path) === value);
  const digest = rules === undefined ? '' : ` Digest of policy and people: ${rules.digest}.`;
  sheet.paragraph(`As it was at the crash.${digest}`, TEXT.note);
  const rows = set.map(([path, value]): Row => {
    return [{ text: path, bold: true }, value, usual.get(path) ?? 'none'];
  });
  if (rows.length > 0) table(sheet, COLUMNS, rows.slice(0, MAX_ROWS), rows.length);
  if (same.length > 0) {
    const told = same.map(([path, value]) => `${path} ${value}`).join(' · ');
    sheet.paragraph(`At their defaults: ${told}`, TEXT.note);
  }
  for (const { atMs, change } of rules?.changes ?? []) {
    sheet.paragraph(`Changed while it ran, ${utc(atMs)}: ${change}`, TEXT.strong);
  }
}

/** Path → value in words; lists are one value. */
function settingsOf(value: unknown, path: readonly string[] = []): Map<string, string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return new Map([[path.join('.'), wordsOf(value, path.at(-1) ?? '')]]);
  }
  return new Map(
    Object.entries(value).flatMap(([name, part]) => [...settingsOf(part, [...path, name])]),
  );
}

function wordsOf(value: unknown, name: string): string {
  if (typeof value === 'number' && name.endsWith('Ms')) return durationText(value);
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value.length === 0 ? 'none' : value.map(listed).join(', ');
}

/** One of a list, such as a stage of the ramp. */
function listed(value: unknown): string {
  if (typeof value === 'string') return value;
  return `(${[...settingsOf(value)].map(([path, part]) => `${path} ${part}`).join(', ')})`;
}
