/**
 * The form of a planted bug.
 *
 * Invariants: `place` stands once in what is changed, and a module has one change of a bug at most; `bundle`: the
 * bundled workflows, otherwise a module by its path without its ending, as it is after compiling.
 */
import type { LevelName } from '../levels/level.js';

export interface Mutant {
  name: string;
  /** In one line. */
  fault: string;
  level: LevelName;
  changes: Change[];
}

export interface Change {
  of: string;
  place: RegExp;
  put: string;
}

export const BUNDLE = 'bundle';

export const bundle = (place: RegExp, put: string): Change => ({ of: BUNDLE, place, put });

export const ofWorkflows = (name: string, fault: string, ...changes: Change[]): Mutant => ({
  name,
  fault,
  level: 'workflows',
  changes,
});

export const ofPorts = (name: string, fault: string, ...changes: Change[]): Mutant => ({
  name,
  fault,
  level: 'ports',
  changes,
});

/** In place of one: nothing is looked at before a write. */
export const NO_LEASE = '{ beforeWrite: async () => undefined, leftMs: () => Infinity }';

/** Under which an attempt writes on a host: its own lease, and the host's fence. */
export const HOST_LEASE = {
  of: 'activities/steps/start',
  place: /alsoIf\(lease\(\),\s*\(\)\s*=>\s*fence\.raise\(engineId,\s*epoch\)\)/,
};
