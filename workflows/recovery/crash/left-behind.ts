/**
 * What an engine has left on another host, where it died before a fail-over: evidence and checkpoints.
 *
 * Invariants: a host that answered at the fail-over is asked for them, and one that answers no longer is not
 * waited for again; that nothing could be had is said, and is no proof of anything.
 */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { Analysis, EvidenceInput } from '../../contract/index.js';
import type { CrashReport } from '../../domain/crash/report.js';
import type { Recovery } from '../context.js';
import { reasonOf } from '../reasons.js';

/** Whether this death was on the host that the engine has left. */
export function isLeftBehind({ input: { moved } }: Recovery, { host }: CrashReport): boolean {
  return moved !== undefined && moved.to !== host;
}

export function provenThere(recovery: Recovery, report: CrashReport): { provenThere?: string } {
  const { moved } = recovery.input;
  return moved !== undefined && isLeftBehind(recovery, report) ? { provenThere: moved.proof } : {};
}

/** Where its checkpoints are. */
export function checkpointHost(
  recovery: Recovery,
): Pick<Recovery['host'], 'inspectCheckpoints' | 'loadCheckpoint'> {
  const { lastHost, host, record } = recovery;
  const last = record.crashes.at(-1);
  return lastHost !== null && last !== undefined && isLeftBehind(recovery, last) ? lastHost : host;
}

/** Not awaited on its way where it died here: recoveries at work keep the order of their commands. */
export function collectFrom(recovery: Recovery, input: EvidenceInput): Promise<Analysis> {
  return isLeftBehind(recovery, input.report)
    ? leftBehind(recovery, input)
    : recovery.longHost.collectEvidence(input);
}

async function leftBehind(recovery: Recovery, input: EvidenceInput): Promise<Analysis> {
  const { lastHost } = recovery;
  const { host } = input.report;
  if (lastHost === null) return nothingFrom(host, 'it could not be reached');
  try {
    return await lastHost.collectEvidence(input);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    recovery.lastHost = null;
    return nothingFrom(host, reasonOf(error));
  }
}

function nothingFrom(host: string, why: string): Analysis {
  const detail = `what there is lies on "${host}": ${why}`;
  return {
    folder: '',
    items: [{ name: 'evidence', collected: false, detail }],
    classification: { cause: 'unknown', confidence: 'guess', because: detail },
  };
}
