/**
 * What a drill has shown to be weak: what the real night would have to do without, in sentences.
 *
 * Invariant: nothing in it is judged anew; it names what the record already calls missing, unknown or asked.
 */
import { counted } from '../content/counted.js';
import { firstOf, shortened } from '../content/shortened.js';
import type { RecoveryRecord } from '../record.js';
import { describeUndelivered } from '../undelivered.js';

const NAMED = 5;
const LONGEST_DETAIL = 100;

export function weakIn(record: RecoveryRecord): string[] {
  const { outcome, outcomeDetail, unknowns, warnings, undelivered = [] } = record;
  const untold = describeUndelivered(undelivered);
  return [
    ...(outcome === 'recovered' ? [] : [`it ended as ${outcome}: ${outcomeDetail}`]),
    ...stateWeakness(record),
    ...unknowns.map((what) => `not known: ${what}`),
    ...warnings,
    ...evidenceWeakness(record),
    ...gateWeakness(record),
    ...(untold === null ? [] : [`not told to everybody: ${untold}`]),
  ];
}

function stateWeakness({ stateSource, reconciliation }: RecoveryRecord): string[] {
  const unverified = reconciliation?.counts.unverified ?? 0;
  return [
    ...(stateSource?.kind === 'exchanges'
      ? [
          `the state was rebuilt from the exchanges (${stateSource.why}): have the engine write checkpoints`,
        ]
      : []),
    ...(unverified === 0
      ? []
      : [`${counted(unverified, 'figure was', 'figures were')} compared with nothing`]),
  ];
}

function evidenceWeakness({ evidence, classification }: RecoveryRecord): string[] {
  const missing = (evidence?.items ?? []).filter(({ collected }) => !collected);
  const names = shortened(
    missing.map(({ name, detail }) => `${name} (${firstOf(detail, LONGEST_DETAIL)})`),
    NAMED,
  );
  return [
    ...(names.length === 0 ? [] : [`evidence is missing: ${names.join('; ')}`]),
    ...(classification === null || classification.cause === 'unknown'
      ? ['what it died of could not be told']
      : []),
  ];
}

function gateWeakness({ gates }: RecoveryRecord): string[] {
  const asked = gates.map(({ kind }) => kind);
  const expired = gates.filter(({ outcome }) => outcome === 'expired').map(({ kind }) => kind);
  return [
    ...(asked.length === 0
      ? []
      : [
          `${counted(asked.length, 'question')} waited for people: ${[...new Set(asked)].join(', ')}`,
        ]),
    ...(expired.length === 0 ? [] : [`nobody answered in time: ${expired.join(', ')}`]),
  ];
}
