/** What `npm run sim` is asked for. Throws `BadFlag` with one clear line where it cannot be meant. */
import { parseArgs } from 'node:util';
import { MIXES, type Mix } from '../faults/draw.js';
import { LEVEL_NAMES } from '../levels/level.js';

const LEVELS = [...LEVEL_NAMES, 'all'] as const;

export const USAGE = `npm run sim -- [--seed N] [--runs M] [--level ${LEVELS.join('|')}]
  [--mix ${MIXES.join('|')}] [--only i,j] [--processes 1|2] [--kept FILE] [--json]

Runs seeds N to N+M-1, each an incident in virtual time, and judges what it was. What breaks is made small
and told; then the exit code is 1. Of all levels each seed has one, in turn. --only keeps these faults alone
of one seed's plan, counted from 0. --kept writes down what they have come to so far, and goes on from there.`;

export interface Flags {
  seed: number;
  runs: number;
  level: (typeof LEVELS)[number];
  mix: Mix;
  /** Missing: all. */
  only?: number[];
  processes: number;
  /** A file; missing: a hunt that ends early is lost. */
  kept?: string;
  json: boolean;
  help: boolean;
}

export class BadFlag extends Error {
  override name = 'BadFlag';
}

const MOST = { seed: 2 ** 31, runs: 1_000_000, processes: 2 };

export function flagsOf(args: readonly string[]): Flags {
  const { only, kept, ...given } = parsed(args);
  const runs = wholeNumber('runs', given.runs, 1);
  if (kept !== undefined && only !== undefined)
    throw new BadFlag('--kept is of all faults: leave --only out');
  if (only !== undefined && runs !== 1) throw new BadFlag('--only is of one seed: add --runs 1');
  return {
    seed: wholeNumber('seed', given.seed, 0),
    runs,
    level: oneOf('level', LEVELS, given.level),
    mix: oneOf('mix', MIXES, given.mix),
    ...(only !== undefined && { only: only.split(',').map((each) => indexOf(each)) }),
    ...(kept !== undefined && { kept }),
    processes: wholeNumber('processes', given.processes, 1),
    json: given.json,
    help: given.help,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string', default: '1' },
        runs: { type: 'string', default: '100' },
        level: { type: 'string', default: LEVEL_NAMES[0] },
        mix: { type: 'string', default: 'light' },
        only: { type: 'string' },
        processes: { type: 'string', default: '2' },
        kept: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new BadFlag(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'unknown');
  }
}

function wholeNumber(name: keyof typeof MOST, text: string, least: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= MOST[name]) return number;
  throw new BadFlag(`--${name} is a whole number from ${least} to ${MOST[name]}, not "${text}"`);
}

function oneOf<T extends string>(name: string, known: readonly T[], text: string): T {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  throw new BadFlag(`--${name} is one of ${known.join(', ')}, not "${text}"`);
}

function indexOf(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new BadFlag(`--only names faults by their numbers, as 0,2: "${text}" is none`);
}
