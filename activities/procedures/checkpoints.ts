/**
 * Looking at an engine's checkpoints: the newest few, one after the other.
 *
 * Invariants: one file that is damaged, huge or no file keeps nobody from the next one; one that
 * cannot be read at all fails the look, because it may be the newest; no more than one is in memory.
 */
import { claimOf } from '../../workflows/domain/checkpoints/layout.js';
import type { Looked } from '../../workflows/domain/policy/newest-checkpoint.js';
import {
  validateCheckpoint,
  type CheckpointLimits,
  type CheckpointVerdict,
} from '../../workflows/domain/engine/checkpoint.js';
import { plain } from '../../workflows/domain/content/plain.js';
import { describeError } from '../errors.js';
import type { CheckpointFile, CheckpointFolder, CheckpointStore } from '../ports.js';

/** Enough to see a previous good one behind those that died with the engine. */
const LOOKED_AT = 5;
const LONGEST_WHY = 500;

export type CheckpointFiles = Pick<CheckpointStore, 'candidates' | 'open'>;

interface Where {
  engineId: string;
  folder: CheckpointFolder;
}

/** All that were looked at, in no order: at least the newest few. */
export async function lookAtCheckpoints(
  files: CheckpointFiles,
  { engineId, folder }: Where,
  limits: CheckpointLimits,
): Promise<Looked[]> {
  const looked: Looked[] = [];
  for (const name of await files.candidates(engineId, folder, LOOKED_AT)) {
    const file = await files.open(engineId, folder, name);
    // Gone while we look, as the engine's oldest file may be.
    if (file === null) continue;
    const verdict = { ...verdictOf(file, limits), checkpoint: null };
    looked.push({ name, verdict, claim: 'unusable' in file ? null : claimOf(file.bytes) });
  }
  return looked;
}

/** Of one that was there a moment ago: engines remove their old ones. */
export const GONE = 'it is gone';

/** Whole, or why it cannot be used. */
export async function loadCheckpoint(
  files: CheckpointFiles,
  { engineId, folder, name }: Where & { name: string },
  limits: CheckpointLimits,
): Promise<CheckpointVerdict> {
  const file = await files.open(engineId, folder, name);
  return file === null ? unusable(GONE) : verdictOf(file, limits);
}

/** What fails in judging one file is not the next one's. */
function verdictOf(file: CheckpointFile, limits: CheckpointLimits): CheckpointVerdict {
  if ('unusable' in file) return unusable(file.unusable);
  try {
    return validateCheckpoint(file.bytes, limits, file.read);
  } catch (error) {
    return unusable(`Checkpoint cannot be judged: ${describeError(error)}`);
  }
}

function unusable(error: string): CheckpointVerdict {
  const errors = [plain(error, LONGEST_WHY)];
  return { valid: false, errors, warnings: [], ageMs: null, header: null, checkpoint: null };
}
