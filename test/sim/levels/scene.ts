/** What an incident is about beside what a recovery finds: who may decide, and what others do meanwhile. */
import type { Approver } from '../../../workflows/domain/gates/approver.js';
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import type { Person } from '../../workflows/fakes/people.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import type { FakedEngine } from './faked-engine.js';
import type { Conduct } from './sayings.js';

/** For what happens in it. */
export interface Scene {
  faked: FakedEngine;
  /** Drawn by the seed: up to a few seconds. */
  ms: number;
  after: (ms: number, act: () => void) => void;
  /** As people see that kind of question for the first time. */
  onQuestion: (kind: GateKind, act: () => void) => void;
  /** As an operator does, until it is taken. */
  steers: (command: 'pause' | 'step_down') => void;
  /** That person has the incident begun anew, as soon as it has ended. */
  beginsAnew: (person: Person) => void;
  /** By the agent of that host; nothing comes of it where nobody answers. */
  reports: (host: string, report: CrashReport) => void;
}

export interface Staged {
  /** Who may decide, made of who usually may. */
  approvers?: (usual: readonly Approver[]) => Approver[];
  /** Approvers besides. */
  also?: readonly Person[];
  /** Named by the rules as they are read for the first time, and no more. */
  leaving?: Approver;
  /** Where the engine lives, by the rules. */
  host?: string;
  /** What people do at each question of which the plan says nothing. */
  conduct?: Conduct;
  happens?: (scene: Scene) => void;
}
