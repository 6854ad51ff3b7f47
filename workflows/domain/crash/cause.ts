/**
 * What an engine died of, by the evidence that was found.
 *
 * Invariants: any evidence has exactly one cause; what proves one goes before what suggests one, and
 * what nothing tells is unknown.
 */
import { z } from 'zod';
import type { Suspicion } from './report.js';

export const Cause = z.enum([
  'segfault',
  'abort',
  'out_of_memory',
  'killed',
  'hang',
  'fatal_exit',
  'unknown',
]);
export type Cause = z.infer<typeof Cause>;

/** What the evidence shows; null where a collector could not tell. */
export interface CauseFacts {
  suspicion: Suspicion;
  coreSignal: number | null;
  oomKilled: boolean;
  segfaultInKernelLog: boolean;
  assertionInLog: string | null;
  exit: { code: number | null; signal: string | null } | null;
  kernelLogReadable: boolean;
}

export interface Classification {
  cause: Cause;
  confidence: 'certain' | 'likely' | 'guess';
  because: string;
}

const SIGNALS: Record<number, Cause> = { 11: 'segfault', 7: 'segfault', 6: 'abort' };

export function classifyCause(facts: CauseFacts): Classification {
  return (
    hang(facts) ?? outOfMemory(facts) ?? bySignal(facts) ?? byExit(facts) ?? byElimination(facts)
  );
}

function hang(facts: CauseFacts): Classification | null {
  if (facts.suspicion !== 'hung') return null;
  return { cause: 'hang', confidence: 'certain', because: 'alive, but no heartbeat' };
}

function outOfMemory(facts: CauseFacts): Classification | null {
  if (facts.oomKilled) {
    return { cause: 'out_of_memory', confidence: 'certain', because: 'killed by the OOM killer' };
  }
  if (facts.assertionInLog !== null && /out of memory/i.test(facts.assertionInLog)) {
    return { cause: 'out_of_memory', confidence: 'certain', because: facts.assertionInLog };
  }
  return null;
}

function bySignal(facts: CauseFacts): Classification | null {
  const cause = facts.coreSignal === null ? undefined : SIGNALS[facts.coreSignal];
  if (cause !== undefined) {
    const assertion = facts.assertionInLog === null ? '' : `: ${facts.assertionInLog}`;
    return {
      cause,
      confidence: 'certain',
      because: `core of signal ${facts.coreSignal}${assertion}`,
    };
  }
  if (facts.segfaultInKernelLog) {
    return { cause: 'segfault', confidence: 'certain', because: 'segfault in the kernel log' };
  }
  if (facts.assertionInLog !== null) {
    return { cause: 'abort', confidence: 'likely', because: facts.assertionInLog };
  }
  return null;
}

function byExit(facts: CauseFacts): Classification | null {
  const exit = facts.exit;
  if (exit === null) return null;
  if (exit.signal === 'SIGKILL' || exit.signal === 'SIGTERM') {
    return { cause: 'killed', confidence: 'certain', because: `${exit.signal}, no OOM kill` };
  }
  if (exit.code !== null && exit.code !== 0) {
    return { cause: 'fatal_exit', confidence: 'certain', because: `exit code ${exit.code}` };
  }
  return null;
}

/** A death without core, OOM kill, kernel line or last words is what SIGKILL leaves behind. */
function byElimination(facts: CauseFacts): Classification {
  if (facts.coreSignal !== null || facts.exit !== null) {
    const trace =
      facts.coreSignal === null
        ? `exit by ${facts.exit?.signal ?? `code ${facts.exit?.code}`}`
        : `core of signal ${facts.coreSignal}`;
    return { cause: 'unknown', confidence: 'guess', because: `${trace}, which names no cause` };
  }
  return facts.kernelLogReadable
    ? {
        cause: 'killed',
        confidence: 'likely',
        because: 'no core, no OOM kill, no kernel line, no last words: SIGKILL from outside',
      }
    : { cause: 'unknown', confidence: 'guess', because: 'the kernel log could not be read' };
}
