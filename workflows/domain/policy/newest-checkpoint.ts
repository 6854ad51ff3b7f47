/**
 * Which checkpoint is the newest: by epoch and sequence in the header that the hash has proven, never
 * by a name, the order of a folder or the time of a file. These only say where to look.
 *
 * Invariants: a damaged file that may be the newest is taken for it, so that people hear of it; one
 * that does not fit the crash, or that another contradicts, is doubted, in words.
 */
import {
  beyondMs,
  takenAtMs,
  type CheckpointHeader,
  type CheckpointVerdict,
} from '../engine/checkpoint.js';
import type { CheckpointCandidate } from './decision.js';
import type { Claim } from '../checkpoints/layout.js';

export interface Looked {
  name: string;
  verdict: CheckpointVerdict;
  /** What it says of itself, where that is not proven. */
  claim: Claim | null;
}

/** What is known of who wrote the newest. */
export interface Writers {
  /** That crashed: the last one that may have written. */
  crashed: readonly { instanceId: string; epoch: number }[];
  /** Started by this recovery, after that crash. */
  started: readonly string[];
  /** It was hung, so that it may have written after the crash was noticed. */
  livedOn: boolean;
}

export interface Crash {
  atMs: number;
  /** Not told by recoveries of earlier versions. */
  writers: Writers | null;
}

/** As docs/checkpoint.md has names; more digits are no sequence of anybody. */
const NUMBERED = /^(\d{1,15})\.ckpt$/;

function sequenceInName(name: string): number | null {
  const digits = NUMBERED.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** For sorting: what has no number comes last. */
export function numberOf(name: string): number {
  return sequenceInName(name) ?? -1;
}

/** Those that must be looked at to find so many of the newest: by what they claim, by their names, and what says nothing. */
export function toLookAt(
  files: readonly { name: string; claim: Claim | null }[],
  count: number,
): string[] {
  const numbered = files.filter(({ name }) => sequenceInName(name) !== null);
  const claiming = files.filter(({ claim }) => claim !== null);
  const neither = files.filter(
    ({ name, claim }) => claim === null && sequenceInName(name) === null,
  );
  const chosen = [
    ...claiming.toSorted((a, b) => byPlace(a.claim, b.claim)).slice(0, count),
    ...numbered.toSorted((a, b) => numberOf(b.name) - numberOf(a.name)).slice(0, count),
    ...neither.slice(0, count),
  ];
  return [...new Set(chosen.map(({ name }) => name))];
}

/** Newest first. */
export function newestFirst<T extends Looked>(looked: readonly T[]): T[] {
  const proven = looked.filter(({ verdict }) => verdict.valid);
  const [best] = proven.toSorted((a, b) => byPlace(a.verdict.header, b.verdict.header));
  const epoch = best?.verdict.header?.epoch ?? 0;
  const place = (one: T) => one.verdict.header ?? furthest(one, epoch);
  return looked.toSorted(
    (a, b) => byPlace(place(a), place(b)) || Number(b.verdict.valid) - Number(a.verdict.valid),
  );
}

const ANYWHERE: Claim = { epoch: Infinity, sequence: Infinity };

function placeOf(claim: Claim | null): Claim {
  return claim ?? ANYWHERE;
}

/** Where a file may stand that cannot prove where it does. */
function furthest({ name, claim }: Looked, epoch: number): Claim {
  const sequence = sequenceInName(name);
  if (sequence === null) return placeOf(claim);
  const named = { epoch, sequence };
  return claim === null || byPlace(named, claim) < 0 ? named : claim;
}

/** Below zero where the first is newer. */
function byPlace(a: Claim | null, b: Claim | null): number {
  const [one, other] = [placeOf(a), placeOf(b)];
  if (one.epoch !== other.epoch) return one.epoch > other.epoch ? -1 : 1;
  if (one.sequence !== other.sequence) return one.sequence > other.sequence ? -1 : 1;
  return 0;
}

/** Newest first, each with why people must be asked before it is used. */
export function candidatesOf(
  looked: readonly Looked[],
  crash: Crash,
  nowMs: number,
): CheckpointCandidate[] {
  const sorted = newestFirst(looked);
  return sorted.map((one, index) => {
    const { header, valid } = one.verdict;
    if (header === null) return candidateOf(one);
    const told = toldOf(one.name, header, crash);
    const against = contradictions(header, sorted.slice(index + 1));
    const doubts = valid ? [...told.doubts, ...futureDoubt(header, nowMs), ...against] : [];
    return {
      ...candidateOf(one),
      warnings: [...one.verdict.warnings, ...told.warnings],
      ...(told.strange === null ? {} : { strange: told.strange }),
      ...(told.late === null ? {} : { late: true as const }),
      ...(doubts.length === 0 ? {} : { doubts }),
    };
  });
}

function candidateOf({ name, verdict }: Looked): CheckpointCandidate {
  const { header, valid, ageMs, errors, warnings } = verdict;
  const told = { name, valid, ageMs, errors, warnings };
  if (header === null) return { ...told, sequence: sequenceInName(name) };
  const { sequence, epoch, instanceId } = header;
  return { ...told, sequence, epoch, instanceId };
}

function toldOf(name: string, header: CheckpointHeader, crash: Crash) {
  const strange = strangeName(name, header);
  const late = lateness(header, crash);
  return {
    strange,
    late,
    warnings: [strange, late].filter((each) => each !== null),
    doubts: [
      ...(strange === null || sequenceInName(name) === null ? [] : [strange]),
      ...writerDoubts(header, crash.writers, late),
    ],
  };
}

function strangeName(name: string, { sequence }: CheckpointHeader): string | null {
  const named = sequenceInName(name);
  if (named === sequence) return null;
  return named === null
    ? `its name has no sequence, its header ${sequence}`
    : `its name says ${named}, its header ${sequence}`;
}

function lateness(header: CheckpointHeader, { atMs }: Crash): string | null {
  const lateMs = beyondMs(takenAtMs(header), atMs);
  return lateMs === 0 ? null : `it was taken ${lateMs} ms after the crash was noticed`;
}

function futureDoubt(header: CheckpointHeader, nowMs: number): string[] {
  const aheadMs = beyondMs(takenAtMs(header), nowMs);
  return aheadMs === 0 ? [] : [`its time is ${aheadMs} ms ahead of this host's clock`];
}

function writerDoubts(
  { instanceId, epoch }: CheckpointHeader,
  writers: Writers | null,
  late: string | null,
): string[] {
  if (writers === null || writers.started.includes(instanceId)) return [];
  const { crashed, livedOn } = writers;
  const isTheirs = crashed.some((one) => one.instanceId === instanceId && one.epoch === epoch);
  const names = crashed.map((one) => `${one.instanceId} (epoch ${one.epoch})`).join(', ');
  return [
    ...(isTheirs ? [] : [`${instanceId} (epoch ${epoch}) wrote it, and what crashed was ${names}`]),
    ...(late === null || livedOn ? [] : [late]),
  ];
}

/** What is older by epoch and sequence says otherwise. */
function contradictions(header: CheckpointHeader, older: readonly Looked[]): string[] {
  return older.flatMap(({ name, verdict: { valid, header: other } }) => {
    if (!valid || other === null) return [];
    const laterMs = beyondMs(takenAtMs(other), takenAtMs(header));
    if (laterMs > 0) return [`${name}, of an earlier place, was taken ${laterMs} ms later`];
    const isSamePlace = byPlace(header, other) === 0;
    return isSamePlace && other.takenAtNs !== header.takenAtNs
      ? [`${name} has the same epoch and sequence, and another time`]
      : [];
  });
}
