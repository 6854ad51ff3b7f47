/**
 * What is configured of an engine's liveness: a list, an entry for each way to see it.
 *
 * Invariant: the former form, one group of settings, means what it always meant.
 */
import { z } from 'zod';
import { HeartbeatSettings } from './kinds/heartbeat.js';
import { KINDS } from './kinds/index.js';
import { ProcessSettings } from './kinds/process.js';
import { SocketSettings } from './kinds/socket.js';
import type { OfEngine } from './probes/probe.js';

const MOST_ENTRIES = 50;

type SettingsOf<T extends readonly { Settings: z.ZodObject }[]> = {
  [K in keyof T]: T[K]['Settings'];
};

/** A list of them keeps, for each, which settings its kind has. */
const ENTRIES = KINDS.map(({ Settings }) => Settings) as unknown as SettingsOf<typeof KINDS>;
export const LivenessEntry = z.discriminatedUnion('kind', ENTRIES);
export type LivenessEntry = z.infer<typeof LivenessEntry>;

const LivenessList = z
  .array(LivenessEntry)
  .min(1, { error: 'has no entry, so nothing would see a crash: docs/liveness.md names the kinds' })
  .max(MOST_ENTRIES);

const FormerLiveness = z
  .strictObject({
    socket: SocketSettings.shape.socket,
    heartbeatFile: HeartbeatSettings.shape.file,
    procfsEveryMs: ProcessSettings.shape.everyMs,
    goodbyeMs: SocketSettings.shape.goodbyeMs,
  })
  .describe('the former form: a socket, a heartbeat file and the process table');

export const LivenessSettings = z.union([
  LivenessList,
  FormerLiveness.transform(
    ({ socket, heartbeatFile, procfsEveryMs, goodbyeMs }): LivenessEntry[] => [
      { kind: 'socket', socket, goodbyeMs },
      { kind: 'heartbeat', file: heartbeatFile },
      { kind: 'process', everyMs: procfsEveryMs },
    ],
  ),
]);

/** Of an engine of which nothing was seen yet. */
export const FirstSign = {
  startsWithinMs: z
    .number()
    .int()
    .min(1_000)
    .max(86_400_000)
    .nullable()
    .default(300_000)
    .describe('an engine of which nothing was seen by then is told as not watched; null: never'),
  neverCameUp: z
    .enum(['tell', 'recover'])
    .default('tell')
    .describe('what the agent does then: tell people, or have it recovered, which starts it'),
};

export interface DetectorSettings extends OfEngine {
  host: string;
  liveness: readonly LivenessEntry[];
  /** Until its first sign; null: it is not waited for. */
  startsWithinMs: number | null;
  /** Whether one of which there was no sign by then is recovered, too. */
  neverCameUp: 'tell' | 'recover';
}

/** Of a kind of which a list has one; null where it has none. */
export function entryOf<K extends LivenessEntry['kind']>(
  liveness: readonly LivenessEntry[],
  kind: K,
): Extract<LivenessEntry, { kind: K }> | null {
  const isOfKind = (entry: LivenessEntry): entry is Extract<LivenessEntry, { kind: K }> =>
    entry.kind === kind;
  return liveness.find(isOfKind) ?? null;
}

/** One of which a list has more than it may; null where there is none. */
export function doubleKind(liveness: readonly LivenessEntry[]): string | null {
  const count = (kind: string) => liveness.filter((entry) => entry.kind === kind).length;
  return KINDS.find(({ kind, once }) => once && count(kind) > 1)?.kind ?? null;
}

/** Whether it says which process is the engine, and not only how that one is. */
export function namesProcess(entry: LivenessEntry): boolean {
  return KINDS.some(({ kind, names }) => kind === entry.kind && names(entry));
}

interface LivenessPath {
  /** As `liveness.heartbeat.file`, in words of faults. */
  field: string;
  path: string;
  /** Of one engine alone. */
  isOwn: boolean;
}

export function livenessPaths(liveness: readonly LivenessEntry[]): LivenessPath[] {
  return liveness.flatMap((entry) =>
    pathsIn(entry).map(([name, path, use]) => ({
      field: ['liveness', ...(entry.kind === name ? [] : [entry.kind]), name].join('.'),
      path,
      isOwn: use === 'own',
    })),
  );
}

/** With every path as `at` makes it. */
export function withLivenessPaths(
  liveness: readonly LivenessEntry[],
  at: (path: string) => string,
): LivenessEntry[] {
  return liveness.map((entry) => ({
    ...entry,
    ...Object.fromEntries(pathsIn(entry).map(([name, path]) => [name, at(path)])),
  }));
}

function pathsIn(entry: LivenessEntry): [name: string, path: string, use: 'own' | 'shared'][] {
  const paths = KINDS.find(({ kind }) => kind === entry.kind)?.paths ?? {};
  const settings: Readonly<Record<string, unknown>> = entry;
  return Object.entries(paths).flatMap(([name, use]) => {
    const path = settings[name];
    return typeof path === 'string' ? [[name, path, use]] : [];
  });
}
