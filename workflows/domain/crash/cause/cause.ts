/**
 * What an engine can die of, what of its death can be known, and what is concluded.
 *
 * Invariants: no word of `Cause` is ever taken away, because histories and policies have them; a fact
 * that nobody could tell is null or no.
 */
import { z } from 'zod';
import type { Suspicion } from '../report.js';
import type { Advice } from './advice.js';
import type { KernelLine } from './kernel-lines.js';
import type { HungThreads } from './threads.js';

export const Cause = z.enum([
  'segfault',
  'bus_error',
  'illegal_instruction',
  'arithmetic_error',
  'assertion',
  'uncaught_exception',
  'heap_corruption',
  'smashed_stack',
  'abort',
  'out_of_memory',
  'deadlock',
  'endless_loop',
  'stopped',
  'hang',
  'fatal_exit',
  'unannounced_exit',
  'disconnect',
  'killed',
  'terminated',
  'other_signal',
  'never_came_up',
  'unknown',
]);
export type Cause = z.infer<typeof Cause>;

/** How a process ended, as its kernel says; `core`: whether it wrote one. */
export interface Exit {
  code: number | null;
  signal: string | null;
  core?: boolean | undefined;
}

/** A signal with what the kernel says beside it; addresses in hexadecimal, from `0x`. */
export interface Fault {
  signal: number;
  /** `si_code` of sigaction(2). */
  code: number | null;
  address: string | null;
  /** Where the stack of the thread was. */
  stackPointer: string | null;
  /** Pid of who sent it, where somebody did. */
  sender?: number;
  /** The line names the program and no thread that is known to be of the process. */
  byNameOnly?: true;
}

/** Of the thread that died, innermost first. */
export interface Backtrace {
  /** Normalised functions of the program itself. */
  frames: readonly string[];
  /** What the run-time was doing when it gave up; null where it was not at work. */
  runtime: RuntimeEnd | null;
  /** The expression of an assertion, where the debugger shows it. */
  assertion: string | null;
  /** `function at file:line` of the innermost. */
  place: string | null;
}

export type RuntimeEnd = 'assertion' | 'uncaught_exception' | 'heap_corruption' | 'smashed_stack';

/** What the evidence shows; null where a collector could not tell. */
export interface CauseFacts {
  suspicion: Suspicion;
  exit: Exit | null;
  coreFault: Fault | null;
  /** Ids that are known of it, its pid among them. */
  threads: readonly number[];
  /** Of its life, whoever they are of. */
  kernelLines: readonly KernelLine[];
  /** As its control group counted. */
  oomKilled: boolean;
  lastWords: string | null;
  backtrace: Backtrace | null;
  hungThreads: HungThreads | null;
  neverCameUp: boolean;
  kernelLogReadable: boolean;
}

export interface Classification {
  cause: Cause;
  confidence: 'certain' | 'likely' | 'guess';
  because: string;
  /** The same for the same bug, whatever the build; missing where nothing tells bugs apart. */
  signature?: string;
  /** Missing in records of earlier versions. */
  advice?: Advice;
}
