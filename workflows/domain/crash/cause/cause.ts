/**
 * What an engine can die of, what of its death can be known, and what is concluded.
 *
 * Invariants: no word of `Cause` is ever taken away, because histories and policies have them; a fact
 * that nobody could tell is null or no.
 */
import { z } from 'zod';
import type { Exit } from './exit.js';
import type { Fault } from './fault.js';
import type { Backtrace } from './frames.js';
import type { KernelLine } from './kernel-lines.js';
import type { KernelSilence } from './kernel-silence.js';
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

/** What the evidence shows; null where a collector could not tell. */
export interface CauseFacts {
  /** As a report has it. */
  suspicion: string;
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
  /** Null where nobody could read the kernel's log. */
  kernelSilence: KernelSilence | null;
}

export interface Advice {
  scenario: string;
  mend: readonly string[];
  resume: readonly string[];
}

/** How often it was seen, this time included: of the same bug, or of the same cause where no signature tells bugs apart. */
export interface Seen {
  by: 'signature' | 'cause';
  times: number;
  /** Of this death. */
  atMs: number;
  firstMs: number;
  /** Of the one before; null where this is the first that is remembered. */
  lastMs: number | null;
}

export interface Classification {
  cause: Cause;
  confidence: 'certain' | 'likely' | 'guess';
  because: string;
  /** The same for the same bug, whatever the build; missing where nothing tells bugs apart. */
  signature?: string;
  /** Missing in records of earlier versions. */
  advice?: Advice;
  /** In the record only; missing where it is not known, and in records of earlier versions. */
  seen?: Seen;
}
