/**
 * Where the checkpoints of an engine come from: its own, or shadows, which workers write of what its venues
 * tell.
 *
 * Invariant: an engine that writes none gets shadows, unless somebody has said otherwise.
 */
import { z } from 'zod';
import { BootFrom, ImportsAt } from '../../../workflows/domain/engine/boot.js';
import { ms } from '../../../workflows/domain/policy/values.js';
import { FilePath } from '../values.js';

const FIRST_EVERY_MS = 5_000;
const FIRST_KEEP = 20;

const ShadowSettings = z.strictObject({
  everyMs: ms({ least: 1_000, most: 600_000 })
    .default(FIRST_EVERY_MS)
    .describe('while something moves; seldomer where nothing does, or the request budget is short'),
  keep: z.number().int().min(2).max(500).default(FIRST_KEEP).describe('so many of the newest stay'),
});
export type ShadowSettings = z.infer<typeof ShadowSettings>;

export const CheckpointSettings = z.strictObject({
  kind: z
    .enum(['engine', 'shadow', 'none'])
    .optional()
    .describe(
      'engine: it writes its own; shadow: a worker writes what its venues tell; none: neither. ' +
        'Left out: engine where written is set, else shadow',
    ),
  written: FilePath.nullable()
    .default(null)
    .describe('where the engine writes them; null: it writes none'),
  recovered: FilePath.describe('where a recovery writes what the engine boots from'),
  shadow: ShadowSettings.optional().describe(
    'beside kind engine: shadows too, for when its own are lost',
  ),
  boot: BootFrom.nullable()
    .default(null)
    .describe(
      'how the engine comes to hold what was recovered: from the file, from the venues by itself, or ' +
        'told item by item; null: the file where it may be given it, else as control offers',
    ),
  imports: ImportsAt.nullable()
    .default(null)
    .describe(
      'when an engine is told what it holds; null: before its start, and over HTTP after it',
    ),
});
type CheckpointSettings = z.infer<typeof CheckpointSettings>;

interface OfEngine {
  checkpoints: CheckpointSettings;
}

export function checkpointKindOf({ kind, written }: CheckpointSettings) {
  return kind ?? (written === null ? 'shadow' : 'engine');
}

/** Null where no shadows are written of it. */
export function shadowsOf({ checkpoints }: OfEngine): ShadowSettings | null {
  const kind = checkpointKindOf(checkpoints);
  if (kind === 'none') return null;
  const first = kind === 'shadow' ? { everyMs: FIRST_EVERY_MS, keep: FIRST_KEEP } : null;
  return checkpoints.shadow ?? first;
}

export function checkpointKindFault({ checkpoints }: OfEngine, engine: string): string | null {
  const { written, shadow } = checkpoints;
  const field = `${engine}.checkpoints`;
  const kind = checkpointKindOf(checkpoints);
  if (kind === 'engine') {
    if (written !== null) return null;
    return `${field}.kind engine needs a folder to read: set written, or write kind: shadow`;
  }
  if (written !== null) {
    return (
      `${field}.written ${written} says that the engine writes checkpoints, and kind ${kind} that it does ` +
      'not: leave one of them out; shadow may stand beside kind engine'
    );
  }
  if (kind === 'shadow' || shadow === undefined) return null;
  return `${field}.shadow is of no use, because kind is none: leave it out, or write kind: shadow`;
}
