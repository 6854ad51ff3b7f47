/**
 * How an engine stands, in one word, by what is known of it and of those who look after it.
 *
 * Invariants: an open question comes first, because somebody waits for it; nothing is called watched of which
 * the agent, or the worker that would recover it, is not heard; nothing is called trading but a process that
 * was seen alive; what could not be asked is not known, and never fine.
 */
import { utcText } from '../content/utc-text.js';

export const ENGINE_STATES = [
  'trading',
  'recovering',
  'waiting',
  'stopped',
  'not_watched',
  'not_known',
] as const;
export type EngineState = (typeof ENGINE_STATES)[number];

export interface Part {
  state: 'alive' | 'dead' | 'not_known';
  /** For people. */
  says: string;
}

/** Of its process, by whoever could look. `leaving`: it has said goodbye, and is still there. */
export type Sight = 'alive' | 'leaving' | 'gone' | 'never_seen' | 'elsewhere';

export interface Facts {
  /** The kind of the gate that is open; null where none is. */
  question: string | null;
  /** A recovery is open. */
  recovering: boolean;
  /** What the ramp of that has granted, in per cent; null before its first stage. */
  percent: number | null;
  /** Its guardian could be asked. */
  asked: boolean;
  killSwitch: boolean;
  /** How the last recovery ended; null where there was none. */
  last: { incidentId: string; outcome: string } | null;
  /** Why the agent itself says that it sees nothing; null where it does not. */
  unseen: string | null;
  sight: Sight;
  agent: Part;
  worker: Part;
  engine: Part;
}

export interface Standing {
  state: EngineState;
  /** Of the ramp; null in any other state than recovering. */
  percent: number | null;
  /** What proves it, or what is wrong. */
  why: string;
}

export function judgeStanding(facts: Facts): Standing {
  const { question, recovering, percent, asked } = facts;
  if (question !== null)
    return standing('waiting', `a person must answer: ${question.replaceAll('_', ' ')}`);
  const unwatched = whyUnwatched(facts);
  if (unwatched !== null) return standing('not_watched', unwatched);
  if (!asked) return standing('not_known', 'its guardian could not be asked');
  if (!recovering) return standingOfProcess(facts);
  const why = percent === null ? 'it does not trade yet' : `${percent} % of its limits are granted`;
  return { state: 'recovering', percent, why };
}

function standing(state: EngineState, why: string): Standing {
  return { state, percent: null, why };
}

/** Null where whoever must see a crash and recover from it is at work. */
function whyUnwatched({ agent, worker, unseen, sight, recovering }: Facts): string | null {
  if (worker.state === 'dead') return `nobody would recover it: ${worker.says}`;
  if (agent.state !== 'alive') return `nobody would see it die: ${agent.says}`;
  if (recovering) return null;
  if (unseen !== null) return unseen;
  return sight === 'never_seen' ? 'its agent has never seen it' : null;
}

/** With agent and worker at work, and no recovery open. */
function standingOfProcess({ sight, killSwitch, last, engine }: Facts): Standing {
  if (sight === 'elsewhere') return standing('not_known', engine.says);
  if (sight === 'alive') {
    return killSwitch
      ? standing('not_known', `its kill switch is engaged, and ${engine.says}`)
      : standing('trading', engine.says);
  }
  if (killSwitch) return standing('stopped', `its kill switch is engaged; ${engine.says}`);
  const ended = last === null || last.outcome === 'recovered' ? '' : endWords(last);
  return standing('stopped', `${engine.says}${ended}`);
}

function endWords({ incidentId, outcome }: { incidentId: string; outcome: string }): string {
  return `; the recovery ${incidentId} ended ${outcome}`;
}

interface Asking {
  identity: string;
  /** Of the server's clock. */
  atMs: number;
}

/** Of a part that asks the server for work, by what the server remembers; null: it could not be asked. */
export function partOfPolls(
  polls: readonly Asking[] | null,
  what: string,
  { nowMs, goneAfterMs }: { nowMs: number; goneAfterMs: number },
): Part {
  if (polls === null)
    return { state: 'not_known', says: `whether ${what} is at work was not told` };
  const lastMs = Math.max(...polls.map(({ atMs }) => atMs));
  if (polls.length === 0) return { state: 'dead', says: `no ${what} is at work` };
  return nowMs - lastMs < goneAfterMs
    ? { state: 'alive', says: `${what} asks for work` }
    : { state: 'dead', says: `no ${what} is at work since ${utcText(Math.round(lastMs))}` };
}
