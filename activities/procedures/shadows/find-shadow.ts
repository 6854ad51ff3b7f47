/**
 * The newest shadow of an engine that was whole before its crash was noticed.
 *
 * Invariants: one whose reading may reach over the crash is passed over, because what changed with the crash
 * could stand in it; a damaged one is refused by name, and the one before it is looked at.
 */
import { readUntilMs } from '../../../workflows/domain/checkpoints/shadows/shadow.js';
import type { ShadowName } from '../../../workflows/domain/checkpoints/shadows/names.js';
import {
  validateCheckpoint,
  type Checkpoint,
  type CheckpointLimits,
} from '../../../workflows/domain/engine/checkpoint.js';
import { plain } from '../../../workflows/domain/content/plain.js';
import type { Shadows } from '../../ports.js';

const LONGEST_WHY = 500;
/** So many damaged ones are named; a history keeps them. */
const MOST_NAMED = 5;

export interface FoundShadow {
  name: string;
  checkpoint: Checkpoint;
  /** At the crash. */
  ageMs: number;
}

export interface LookedForShadow {
  found: FoundShadow | null;
  /** Those that were newer and could not be used, and why. */
  refused: string[];
}

export async function findShadow(
  shadows: Pick<Shadows, 'list' | 'open'>,
  limits: CheckpointLimits & { crashedAtMs: number },
): Promise<LookedForShadow> {
  const refused: string[] = [];
  for (const named of await shadows.list(limits.engineId)) {
    if (named.takenAtMs > limits.crashedAtMs) continue;
    const looked = await lookAt(shadows, named, limits);
    if (typeof looked !== 'string') return { found: looked, refused };
    if (refused.length < MOST_NAMED) refused.push(`${named.name}: ${plain(looked, LONGEST_WHY)}`);
  }
  return { found: null, refused };
}

/** Why not, in words. */
async function lookAt(
  shadows: Pick<Shadows, 'open'>,
  { name }: ShadowName,
  limits: CheckpointLimits & { crashedAtMs: number },
): Promise<FoundShadow | string> {
  const file = await shadows.open(limits.engineId, name);
  if (file === null) return 'it is gone';
  if ('unusable' in file) return file.unusable;
  const { valid, errors, checkpoint, ageMs } = validateCheckpoint(file.bytes, limits, file.read);
  if (!valid || checkpoint === null) return errors.join('; ');
  return readUntilMs(checkpoint) > limits.crashedAtMs
    ? 'it was still being read when the crash was noticed'
    : { name, checkpoint, ageMs: ageMs ?? 0 };
}
