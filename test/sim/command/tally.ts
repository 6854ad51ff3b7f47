/** What many simulations came to, in figures and words. */
import { coverageLines, together, type Coverage } from '../coverage/coverage.js';
import { faultWords } from '../faults/plan.js';
import type { Invariant } from '../oracle/judge.js';
import type { Answered } from './asked.js';

const HOUR_MS = 3_600_000;
/** Of so many runs each path should have been taken so often. */
const MANY = 1_000;
const OFTEN = 100;

/** As it can be kept. */
export interface Tallied {
  runs: number;
  cpuMs: number;
  virtualMs: number;
  faults: number;
  needingNobody: number;
  unasked: number;
  coverage: Coverage;
  broken: Answered[];
}

export class Tally implements Tallied {
  runs = 0;
  cpuMs = 0;
  virtualMs = 0;
  faults = 0;
  needingNobody = 0;
  unasked = 0;
  coverage: Coverage = {};
  readonly broken: Answered[] = [];

  constructor(before: Partial<Tallied> = {}) {
    Object.assign(this, before);
  }

  add(answered: Answered): void {
    this.runs += 1;
    this.cpuMs += answered.cpuMs;
    this.virtualMs += answered.virtualMs;
    this.faults += answered.plan.length;
    if (answered.isUnasked !== null) this.needingNobody += 1;
    if (answered.isUnasked === true) this.unasked += 1;
    this.coverage = together([this.coverage, answered.coverage]);
    if (answered.breaches.length > 0) this.broken.push(answered);
  }

  /** How many of the runs broke each. */
  get byInvariant(): Partial<Record<Invariant, number>> {
    const counts: Partial<Record<Invariant, number>> = {};
    for (const { breaches } of this.broken) {
      for (const invariant of new Set(breaches.map((breach) => breach.invariant))) {
        counts[invariant] = (counts[invariant] ?? 0) + 1;
      }
    }
    return counts;
  }

  /** By the CPU that they took; how busy the machine is beside makes no difference. */
  get perHourAndCore(): number {
    return this.cpuMs === 0 ? 0 : Math.round((this.runs * HOUR_MS) / this.cpuMs);
  }

  lines(): string[] {
    const { runs, broken, faults, virtualMs, cpuMs, perHourAndCore } = this;
    const { needingNobody, unasked } = this;
    const hours = (virtualMs / HOUR_MS).toFixed(1);
    const found = Object.entries(this.byInvariant).map(([name, count]) => `${name} ${count}`);
    return [
      `${runs} runs with ${faults} faults planned, ${hours} virtual hours in ${Math.round(cpuMs / 1_000)} s of CPU`,
      `${perHourAndCore} incidents an hour per core`,
      `${needingNobody} needed nobody: ${unasked} of them ended recovered, unasked${shareOf(unasked, needingNobody)}`,
      `${broken.length} broken${found.length === 0 ? '' : `: ${found.join(', ')}`}`,
      ...coverageLines(this.coverage, runs < MANY ? 0 : OFTEN),
    ];
  }
}

function shareOf(part: number, whole: number): string {
  return whole === 0 ? '' : ` (${((100 * part) / whole).toFixed(1)} %)`;
}

const LONGEST = 400;

/** One that broke, as a person reads it, and as a test takes it. */
export function storyLines({ level, mix, seed, plan, breaches, story }: Answered): string[] {
  return [
    `seed ${seed} (${level}, ${mix}) breaks ${[...new Set(breaches.map(({ invariant }) => invariant))].join(', ')}`,
    ...breaches.map(({ invariant, what }) => `  ${invariant}: ${what.slice(0, LONGEST)}`),
    '  with these faults:',
    ...(plan.length === 0 ? ['  none'] : plan.map((fault) => `  - ${faultWords(fault)}`)),
    ...story.map(({ atMs, what }) => `  ${timeOf(atMs)}  ${what.slice(0, LONGEST)}`),
    `  as data: ${JSON.stringify({ level, mix, seed, plan })}`,
  ];
}

function timeOf(ms: number): string {
  const at = new Date(ms).toISOString();
  return at.slice('1970-01-01T'.length, -1);
}
