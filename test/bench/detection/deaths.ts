/**
 * Deaths of the crash engine in C++, each seen by a real detector and explained by the product's own
 * collectors: is the cause right, and how soon is the first thing known of it.
 *
 * Invariants: the kinds follow each other by a seed; what is right is the row's own, and never the code's
 * opinion; when an engine ended stands in its own log, or is when it was sent the signal.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../sandbox/venues/market/random.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { createDetectorRig, type DetectorRig } from '../../clients/detector/rig.js';
import { findings, start, type Engine } from '../../clients/host/deaths/crash-engine.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { closing } from '../closing.js';

interface Kind {
  death: string;
  signal?: NodeJS.Signals;
  cause: string;
}

const KINDS: readonly Kind[] = [
  { death: 'null', cause: 'segfault' },
  { death: 'assert', cause: 'assertion' },
  { death: 'throw', cause: 'uncaught_exception' },
  { death: 'double-free', cause: 'heap_corruption' },
  { death: 'fpe', cause: 'arithmetic_error' },
  { death: 'exit3', cause: 'fatal_exit' },
  { death: 'idle', signal: 'SIGKILL', cause: 'killed' },
  { death: 'idle', signal: 'SIGTERM', cause: 'terminated' },
];
const LANES = 3;
/** Until it is watched, on a machine that is busy. */
const WAIT_MS = 1_500;
/** What a core of 1 GB takes; its engine is one of these, and not of those above. */
const BIG: Kind = { death: 'null', cause: 'segfault' };
const BIG_MEGABYTES = 1_000;

export interface Deaths {
  deaths: number;
  wrong: string[];
  /** Of the first thing that was told, after the end began; in milliseconds. */
  firstMs: number[];
}

interface Told {
  wrong: string[];
  firstMs: number;
}

/** Side by side, so that both cores are busy. */
export async function runDeaths(settings: { seed: string; deaths: number }): Promise<Deaths> {
  const random = seededRandom(settings.seed);
  const kinds = Array.from({ length: settings.deaths }, (_, at) => {
    const round = Math.floor(random() * KINDS.length);
    return KINDS[at < KINDS.length ? at : round] ?? BIG;
  });
  const lanes = Array.from({ length: LANES }, async () => inLane(kinds, 0));
  return sumOf((await Promise.all(lanes)).flat());
}

/** One at a time: a core of that size fills the disk's queue. */
export async function runBigDeaths(deaths: number): Promise<Deaths> {
  const kinds = Array.from({ length: deaths }, () => BIG);
  return sumOf(await inLane(kinds, BIG_MEGABYTES));
}

function sumOf(told: readonly Told[]): Deaths {
  return {
    deaths: told.length,
    wrong: told.flatMap(({ wrong }) => wrong),
    firstMs: told.map(({ firstMs }) => firstMs).toSorted((a, b) => a - b),
  };
}

/** Takes the next kind as long as there is one. */
async function inLane(kinds: Kind[], megabytes: number): Promise<Told[]> {
  return closing(async (t) => {
    const told: Told[] = [];
    const rig = createDetectorRig(t);
    const pidFile = join(rig.folder, 'engine.pid');
    await rig.start({ liveness: [{ kind: 'process', pidFile, everyMs: 25 }] });
    for (let kind = kinds.shift(); kind !== undefined; kind = kinds.shift()) {
      told.push(await die({ rig, pidFile, kind, megabytes }));
    }
    return told;
  });
}

interface Dying {
  rig: DetectorRig;
  pidFile: string;
  kind: Kind;
  megabytes: number;
}

async function die({ rig, pidFile, kind, megabytes }: Dying): Promise<Told> {
  return closing(async (t) => {
    const { death, signal, cause } = kind;
    const waitMs = signal === undefined ? WAIT_MS : 0;
    const engine = await start(t, { death, waitMs, megabytes, pidFile });
    await eventually('it is watched', () => watches(rig, engine));
    const killedAtMs = Date.now();
    if (signal !== undefined) engine.child.kill(signal);
    const exit = await engine.exited;
    const report = await eventually('its death is told', () => reportOf(rig, engine));
    await eventually('how it ended is told', () => knowsExit(reportOf(rig, engine)));
    const found = await findings(engine, { report: reportOf(rig, engine) || report });
    const endedAtMs = signal === undefined ? endsAt(engine) : killedAtMs;
    const right = found.cause === cause;
    return {
      wrong: right ? [] : [`${death} ${signal ?? exit.signal ?? exit.code}: ${found.because}`],
      firstMs: report.detectedAtMs - endedAtMs,
    };
  });
}

function watches(rig: DetectorRig, engine: Engine): boolean {
  try {
    return rig.record().instance.pid === engine.pid;
  } catch {
    return false; // before the first of them
  }
}

function reportOf(rig: DetectorRig, { pid, startTicks }: Engine): CrashReport | false {
  const isIts = ({ instance }: CrashReport) =>
    instance.pid === pid && instance.startTicks === startTicks;
  return rig.reports.find(isIts) ?? false;
}

function knowsExit(report: CrashReport | false): boolean {
  return report !== false && (report.sightings ?? []).some(({ exit }) => exit !== undefined);
}

/** As it has written itself, to the millisecond. */
function endsAt({ log }: Engine): number {
  const line = /^(\S+Z) \[INFO\].*: ends now$/m.exec(readFileSync(log, 'utf8'));
  return Date.parse(line?.[1] ?? '');
}
