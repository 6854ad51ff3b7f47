/** One death in one configuration, and what is right to find of it. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine, Look, Place, Run } from '../crash-engine.js';

export interface Row extends Omit<Run, 'death'> {
  death: string;
  /** Cause and confidence. */
  is: string;
  says?: RegExp;
  /** Function and line that the backtrace names. */
  at?: RegExp;
  signed?: boolean;
  look?: Look;
  /** Whether a probe has seen how it ended. */
  exitSeen?: boolean;
  signal?: NodeJS.Signals;
  /** After its end, before anything is collected. */
  after?: (engine: Engine) => void;
  hung?: boolean;
  long?: boolean;
  what?: string;
}

const AGO_S = 120;
export const stamp = (agoS: number) => new Date(Date.now() - agoS * 1_000).toISOString();
export const STALE = "trading_engine: risk.cpp:41: Assertion `position == 42' failed.";

export function stale({ log }: Place): void {
  writeFileSync(log, `${stamp(AGO_S)} ${STALE}\n`);
}

export function huge({ log }: Place): void {
  writeFileSync(
    log,
    `${stamp(AGO_S)} [INFO] a line of an earlier life that is of no use\n`.repeat(400_000),
  );
}

export function renamedCore(name: string) {
  return ({ folder, pid }: Engine) =>
    renameSync(join(folder, 'core'), join(folder, name.replace('PID', `${pid}`)));
}

export function rotatedAway({ log }: Engine): void {
  renameSync(log, `${log}.1`);
  writeFileSync(log, '');
}
