/**
 * Where each figure of a recovered state comes from, for the record and the report.
 *
 * Invariants: every figure that is known has a source, and one that nobody knows has none; a person is named
 * only where a person was asked; a source is derived from what was compared, never noted beside it.
 */
import type { Resolution, ResolutionKind } from '../../orders/resolution.js';
import type { ReconciliationLine } from '../line.js';

export type Source = 'venue' | 'fills' | 'flows' | 'checkpoint' | 'shadow' | 'person' | 'inferred';

export interface FigureSources {
  amount: Source[];
  /** Empty where there is no entry price, or none is known. */
  entryPrice: Source[];
}

export interface RiskSources {
  dailyPnl: Source[];
  breaker: Source[];
}

/** Whose word stands for what nothing proves. */
export type Word = 'person' | 'policy';

/** `disputed`: what differs or no exchange could tell; `breaker`: that it is released. */
export interface ReconciliationWords {
  disputed?: Word;
  unverified?: Word;
  breaker?: Word;
}

/** `latched`: by a loss since the checkpoint. */
export interface RiskLeft {
  dailyPnl: string | null;
  breakerLatched: boolean | null;
  movedByFills: boolean;
  latched: boolean;
}

/** What the record of a recovery says of where its state came from. */
export interface Told {
  stateSource: { kind: 'checkpoint' | 'shadow' | 'exchanges' } | null;
  reconciliation: { words?: ReconciliationWords; risk?: RiskLeft } | null;
}

export function sourcesOf(line: ReconciliationLine, record: Told): FigureSources {
  return { amount: amountOf(line, record), entryPrice: entryOf(line, record) };
}

/** Of ours, before the venues were believed. */
function origin({ stateSource }: Pick<Told, 'stateSource'>): Source {
  if (stateSource?.kind === 'exchanges') return 'venue';
  return stateSource?.kind ?? 'checkpoint';
}

function amountOf(line: ReconciliationLine, record: Told): Source[] {
  const { verdict, inferred } = line;
  const person = personOf(line, record);
  if (verdict === 'unknown') return [origin(record), ...person];
  const agrees = verdict === 'match' || verdict === 'explained';
  return unique([
    'venue',
    ...(agrees ? [origin(record)] : []),
    ...movedBy(line),
    ...(inferred === undefined ? [] : (['inferred'] as const)),
    ...person,
  ]);
}

/** Where a person was asked about this very figure. */
function personOf({ verdict, forced, inferred }: ReconciliationLine, record: Told): Source[] {
  const { unverified, disputed } = record.reconciliation?.words ?? {};
  const word = verdict === 'unverified' ? unverified : disputed;
  const isAsked = ASKED.has(verdict) || forced !== '0' || inferred !== undefined;
  return isAsked && word === 'person' ? ['person'] : [];
}

const ASKED: ReadonlySet<ReconciliationLine['verdict']> = new Set([
  'unexplained',
  'unknown',
  'unverified',
]);

function movedBy({ explainedByFills, explainedByFlows, inferred }: ReconciliationLine): Source[] {
  const byTrades = explainedByFills !== '0' && explainedByFills !== inferred;
  return [
    ...(byTrades ? (['fills'] as const) : []),
    ...(explainedByFlows === '0' ? [] : (['flows'] as const)),
  ];
}

/** The venue's, where it tells one; ours is kept only where the quantity comes out. */
function entryOf({ entryPrice, verdict, ...line }: ReconciliationLine, record: Told): Source[] {
  if (entryPrice === null) return [];
  if (verdict !== 'unknown' && entryPrice.exchange !== null) return ['venue'];
  if (entryPrice.internal === null || verdict === 'unexplained' || verdict === 'dust') return [];
  const ours = origin(record);
  const moved = movedBy({ entryPrice, verdict, ...line }).filter((source) => source === 'fills');
  return unique([ours === 'venue' ? 'fills' : ours, ...moved]);
}

export function riskSourcesOf(record: Told): RiskSources {
  const { risk, words = {} } = record.reconciliation ?? {};
  if (risk === undefined) return { dailyPnl: [], breaker: [] };
  const known: Source[] = origin(record) === 'checkpoint' ? ['checkpoint'] : [];
  const moved: Source[] = risk.movedByFills ? ['fills'] : [];
  return {
    dailyPnl: risk.dailyPnl === null ? [] : [...known, ...moved],
    breaker: words.breaker === 'person' ? ['person'] : [...known, ...(risk.latched ? moved : [])],
  };
}

/** By what its fate rests on; of all others by both sides. */
const OF_FATES: Partial<Record<ResolutionKind, Source[]>> = {
  adopted: ['venue'],
  foreign: ['venue'],
  ended_unseen: ['fills'],
};

/** What no venue could tell is as it was known. */
export function orderSourcesOf(
  { kind }: Pick<Resolution, 'kind'>,
  record: Pick<Told, 'stateSource'>,
): Source[] {
  const ours = origin(record);
  if (kind === 'unknown') return [ours];
  return OF_FATES[kind] ?? unique(['venue', ours]);
}

function unique(sources: readonly Source[]): Source[] {
  return [...new Set(sources)];
}
