/**
 * A fail-over: what an approver signs to bring an engine to another host, and when it may not be.
 *
 * Invariants: the file of the control plane and the signature name the same new host; the engine leaves the
 * host where it was known last, at the epoch that the signer saw, so that what was signed for another moment
 * moves nothing; that a machine is off is said by a signature, never guessed.
 */
import { z } from 'zod';
import { HostName } from '../content/names.js';
import type { CrashReport } from '../crash/report.js';
import { isEpoch } from '../engine/epochs.js';

export const Move = z.strictObject({
  from: HostName,
  to: HostName,
  /** Of the guardian, as the signer saw it. */
  epoch: z.number().refine(isEpoch, { error: 'no epoch' }),
  /** The signer has seen to it that nothing runs on the old machine. */
  machineOff: z.boolean(),
});
export type Move = z.infer<typeof Move>;

/** The last fail-over of an engine. */
export interface Moved {
  from: string;
  to: string;
  /** From which on only the new host acts. */
  epoch: number;
  by: string;
  reason: string;
  atMs: number;
  /** How it is known that nothing of the engine lives there. */
  proof: string;
  /** The old host has seen itself that nothing lives there, and refuses what is older. */
  fenced: boolean;
  /** One signature is too few to recover: people are asked before anything is done. */
  askFirst: boolean;
}

interface Standing {
  engineId: string;
  epoch: number;
  /** Where it was known last; null where it never died or moved. */
  last: string | null;
  /** By the file of the control plane; null where that names none. */
  configured: string | null;
}

/** Why the engine is not moved, with what to do; null where that can be looked at. */
export function moveFault(
  { from, to, epoch: signed }: Move,
  { engineId, epoch, last, configured }: Standing,
): string | null {
  if (from === to) return `"${to}" is where ${engineId} comes from: name another host`;
  if (configured !== to) {
    const says = configured === null ? 'names no host' : `says "${configured}"`;
    return (
      `engines.${engineId}.host ${says} in the file of the control plane: set it to "${to}" there and in ` +
      `the file of "${to}", and start the agent of "${to}" anew`
    );
  }
  if (last !== null && last !== from) {
    return `${engineId} lives on "${last}", and this was signed to bring it away from "${from}"`;
  }
  return signed === epoch
    ? null
    : `This was signed at epoch ${signed}, and ${engineId} is at ${epoch}: look again (relight status), and sign anew`;
}

/** Of an instance of which nobody could be asked: its host is off, as people have said. */
export function presumedDeath(
  { engineId, instanceId, epoch }: { engineId: string; instanceId: string; epoch: number },
  { from, by, reason, atMs }: Pick<Moved, 'from' | 'by' | 'reason' | 'atMs'>,
): CrashReport {
  return {
    engineId,
    // Nobody looks for its process: the host that could does not answer.
    instance: { instanceId, pid: 1, startTicks: '0', build: 'unknown', epoch },
    suspicion: 'dead',
    probe: 'watched_record',
    detail: `${by} has signed that the machine of "${from}" is off: ${reason}`,
    detectedAtMs: atMs,
    host: from,
  };
}

export function movedWords({ from, to, by, reason, epoch, proof, fenced }: Moved): string {
  const rest = fenced ? '' : `; "${from}" has not answered since, and is fenced when it does`;
  return `from "${from}" to "${to}" by ${by} (${reason}), epoch ${epoch}: ${proof}${rest}`;
}
