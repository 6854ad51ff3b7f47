/**
 * What the timeline plot shows, before it has a place on paper.
 *
 * Invariants: zero is the first crash that was detected; a step or gate without an end lasts until
 * the end of the record; one lane per step name and per gate kind, so that the plot fits a page
 * however often people asked for another attempt.
 */
import { scaleLinear, type ScaleLinear } from 'd3-scale';
import {
  STEP_TITLES,
  type GateRecord,
  type RecoveryRecord,
  type StepRecord,
} from '../../workflows/domain/record.js';
import { durationText } from '../../workflows/domain/numbers/duration-text.js';
import { capital, utc, words } from './format.js';
import type { Tone } from './theme.js';

export interface Span {
  from: number;
  to: number;
  open: boolean;
  failed: boolean;
}

export interface Lane {
  kind: 'step' | 'gate';
  label: string;
  spans: Span[];
  /** Duration and status in words. */
  words: string;
  tone: Tone;
}

export interface Timeline {
  zeroMs: number;
  crashes: number[];
  lanes: Lane[];
  ramp: { at: number; percent: number }[];
  start: number;
  end: number;
}

function zeroOf(record: RecoveryRecord): number {
  const crashes = record.crashes.map(({ detectedAtMs }) => detectedAtMs);
  return crashes.length === 0 ? record.startedAtMs : crashes.reduce((a, b) => Math.min(a, b));
}

export function timelineOf(record: RecoveryRecord): Timeline {
  const zeroMs = zeroOf(record);
  const endMs = lastOf(record);
  const at = (ms: number) => (ms - zeroMs) / 1000;
  const lanes = [...stepLanes(record.steps, at, endMs), ...gateLanes(record.gates, at, endMs)];
  const crashes = [...new Set(record.crashes.map((crash) => at(crash.detectedAtMs)))];
  const ramp = record.ramp.map(({ atMs, percent }) => ({ at: at(atMs), percent }));
  const starts = lanes.flatMap(({ spans }) => spans.map(({ from }) => from));
  const start = [0, at(record.startedAtMs), ...starts].reduce((a, b) => Math.min(a, b));
  return { zeroMs, crashes, lanes, ramp, start, end: Math.max(at(endMs), start + 1) };
}

function lastOf(record: RecoveryRecord): number {
  const times = [
    record.endedAtMs ?? record.startedAtMs,
    ...record.crashes.map(({ detectedAtMs }) => detectedAtMs),
    ...record.steps.map(({ startedAtMs, endedAtMs }) => endedAtMs ?? startedAtMs),
    ...record.gates.map(({ openedAtMs, closedAtMs }) => closedAtMs ?? openedAtMs),
    ...record.ramp.map(({ atMs }) => atMs),
  ];
  return times.reduce((a, b) => Math.max(a, b));
}

type At = (ms: number) => number;

function stepLanes(steps: readonly StepRecord[], at: At, endMs: number): Lane[] {
  return grouped(steps, ({ name }) => name).map(([name, group]) => {
    const status = group.at(-1)?.status ?? 'done';
    const spans = group.map((step) => ({
      ...spanOf(step.startedAtMs, step.endedAtMs, at, endMs),
      failed: step.status === 'failed',
    }));
    const tone = { done: 'plain', failed: 'bad', waiting: 'warn', running: 'warn' } as const;
    const lasted = `${totalOf(spans)}, ${status}`;
    return { kind: 'step', label: STEP_TITLES[name], spans, words: lasted, tone: tone[status] };
  });
}

function gateLanes(gates: readonly GateRecord[], at: At, endMs: number): Lane[] {
  return grouped(gates, ({ kind }) => kind).map(([kind, group]) => {
    const outcome = group.at(-1)?.outcome ?? 'open';
    const spans = group.map((gate) => ({
      ...spanOf(gate.openedAtMs, gate.closedAtMs, at, endMs),
      failed: false,
    }));
    const label = `Gate: ${words(kind)}`;
    return { kind: 'gate', label, spans, words: `${totalOf(spans)}, ${outcome}`, tone: 'warn' };
  });
}

function spanOf(fromMs: number, toMs: number | null, at: At, endMs: number) {
  return { from: at(fromMs), to: at(toMs ?? endMs), open: toMs === null };
}

function totalOf(spans: readonly Span[]): string {
  return durationText(Math.round(spans.reduce((sum, { from, to }) => sum + to - from, 0) * 1000));
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): [K, T[]][] {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups];
}

export interface TimeAxis {
  scale: ScaleLinear<number, number>;
  ticks: number[];
  /** The stretch that is drawn shorter than it was; null where the axis is even. */
  squeezed: { from: number; to: number } | null;
}

/** A wait of more than this share of the whole time is drawn as the smaller share below. */
const LONG_WAIT = 0.55;
const DRAWN_AS = 0.25;

/** A night spent at a gate must not press all the steps around it into one line. */
export function timeAxis(timeline: Timeline, left: number, right: number): TimeAxis {
  const { start, end } = timeline;
  const squeezed = longWait(timeline);
  const width = right - left;
  if (squeezed === null) {
    const scale = scaleLinear().domain([start, end]).range([left, right]);
    return { scale, ticks: scale.ticks(7), squeezed };
  }
  const { from, to } = squeezed;
  const rest = end - start - (to - from);
  const before = left + ((from - start) / rest) * width * (1 - DRAWN_AS);
  const scale = scaleLinear()
    .domain([start, from, to, end])
    .range([left, before, before + width * DRAWN_AS, right]);
  const early = ticksIn(scale, start, from);
  const ticks = [...(early.length === 0 ? [0] : early), ...ticksIn(scale, to, end)];
  return { scale, ticks, squeezed };
}

function ticksIn(scale: ScaleLinear<number, number>, from: number, to: number): number[] {
  const room = Math.floor((scale(to) - scale(from)) / 45);
  return room < 1 ? [] : scaleLinear().domain([from, to]).ticks(room);
}

function longWait({ start, end, lanes, crashes, ramp }: Timeline): TimeAxis['squeezed'] {
  const edges = lanes.flatMap(({ spans }) => spans.flatMap(({ from, to }) => [from, to]));
  const times = [start, end, ...edges, ...crashes, ...ramp.map(({ at }) => at)];
  times.sort((a, b) => a - b);
  for (const [index, from] of times.entries()) {
    const to = times[index + 1] ?? from;
    const rest = end - start - (to - from);
    if (to - from > LONG_WAIT * (end - start) && rest > 0) return { from, to };
  }
  return null;
}

/** The plot in words, for those who cannot see it. */
export function altText(timeline: Timeline): string {
  const { lanes, crashes, ramp, zeroMs } = timeline;
  const crashText = crashes.map((at) => `${at.toFixed(1)} s`).join(', ');
  const laneText = lanes.map(({ kind, label, spans, words: lasted }) => {
    const from = (spans[0]?.from ?? 0).toFixed(1);
    return kind === 'gate'
      ? `${label}, open from ${from} s for ${lasted}`
      : `${label} from ${from} s for ${lasted}`;
  });
  const rampText = ramp.map(({ at, percent }) => `${percent} % at ${at.toFixed(1)} s`).join(', ');
  return [
    `Timeline in seconds since the crash was detected at ${utc(zeroMs)}.`,
    crashes.length === 0 ? 'No crash report.' : `Crashes at ${crashText}.`,
    ...laneText.map((text) => `${capital(text)}.`),
    ramp.length === 0 ? 'No position limits were raised.' : `Position limits: ${rampText}.`,
  ].join(' ');
}
