/**
 * What histories keep: inputs and results of activities and of recoveries, by the floor that does
 * the work. Workflows call by it, activities implement it.
 *
 * Invariants: a recovery that is under way may have been begun by an earlier version, so a field
 * that was added later is optional here (missing in histories of earlier versions), and none is
 * renamed or removed; what grows with the orders travels as an `ArtifactRef`; no secret is in any.
 */
export type * from './control-plane.js';
export type * from './guardian.js';
export type * from './host.js';
export type * from './notices.js';
export type * from './recovery.js';
