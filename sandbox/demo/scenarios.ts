/** The scenarios of the demo: how the engine dies, and what else goes wrong. */
import type { EngineVenueId } from '../venues/index.js';

export const SCENARIOS = [
  'segfault',
  'abort',
  'assertion',
  'kill',
  'oom',
  'freeze',
  'deadlock',
  'disconnect',
  'corrupt-checkpoint',
  'no-checkpoint',
  'crash-during-recovery',
  'high-exposure',
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

/** How the engine is made to die: a signal from outside, or a fault of its own. */
type Death =
  | { by: 'signal'; signal: 'SIGSEGV' | 'SIGABRT' | 'SIGKILL' }
  | { by: 'itself'; how: 'abort' | 'oom' | 'freeze' | 'deadlock' | 'disconnect' };

export interface Scenario {
  name: ScenarioName;
  story: string;
  death: Death;
  checkpoints: 'kept' | 'newest_corrupted' | 'removed';
  /** The new engine is killed as well, once, when the ramp has begun. */
  crashAgain: boolean;
  /** An exchange that cannot be reached from the crash on, until the recovery has met that. */
  away: EngineVenueId | null;
  /** Exposure far above the limit, and nobody in the demo answers: a person must. */
  highExposure: boolean;
}

const PLAIN = { checkpoints: 'kept', crashAgain: false, away: null, highExposure: false } as const;
const KILLED: Death = { by: 'signal', signal: 'SIGKILL' };

const TABLE: Record<ScenarioName, Omit<Scenario, 'name'>> = {
  segfault: {
    ...PLAIN,
    story: 'a segmentation fault, with a core dump',
    death: { by: 'signal', signal: 'SIGSEGV' },
  },
  abort: {
    ...PLAIN,
    story: 'aborted: SIGABRT, with a core dump',
    death: { by: 'signal', signal: 'SIGABRT' },
  },
  assertion: {
    ...PLAIN,
    story: 'a failed assertion, in its last words: SIGABRT, with a core dump',
    death: { by: 'itself', how: 'abort' },
  },
  kill: { ...PLAIN, story: 'killed from outside: SIGKILL', death: KILLED },
  oom: {
    ...PLAIN,
    story: 'a memory leak, until the out-of-memory killer comes',
    death: { by: 'itself', how: 'oom' },
  },
  freeze: {
    ...PLAIN,
    story: 'a thread that waits for ever: the process lives, its heartbeat stops',
    death: { by: 'itself', how: 'freeze' },
  },
  deadlock: {
    ...PLAIN,
    story: 'a deadlock of two threads: the process lives, its heartbeat stops',
    death: { by: 'itself', how: 'deadlock' },
  },
  disconnect: {
    ...PLAIN,
    story: 'the network fails: the engine loses its exchanges and dies, and Kraken stays away',
    death: { by: 'itself', how: 'disconnect' },
    away: 'kraken',
  },
  'corrupt-checkpoint': {
    ...PLAIN,
    story: 'SIGKILL, and the newest checkpoint is damaged',
    death: KILLED,
    checkpoints: 'newest_corrupted',
  },
  'no-checkpoint': {
    ...PLAIN,
    story: 'SIGKILL, and no checkpoint is left: nothing to compare with, a person must say so',
    death: KILLED,
    checkpoints: 'removed',
  },
  'crash-during-recovery': {
    ...PLAIN,
    story: 'SIGKILL, and the new engine is killed too while it ramps up',
    death: KILLED,
    crashAgain: true,
  },
  'high-exposure': {
    ...PLAIN,
    story: 'SIGKILL with an exposure above the limit: a person must decide',
    death: KILLED,
    highExposure: true,
  },
};

export function scenarioOf(name: ScenarioName): Scenario {
  return { name, ...TABLE[name] };
}
