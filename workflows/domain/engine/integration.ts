/**
 * What an engine offers to a recovery, and what stands in for the rest: a line a capability.
 *
 * Invariants: whatever is not offered has a line that names what is done in its place and what that costs; what
 * nothing proves is called unverified here, and never offered; an instruction is a person's to carry out.
 */
import type { Boot } from './boot.js';

/** `by_hand`: a person does it, by an instruction at a gate; `not_offered`: nobody does it, and nothing needs it. */
export const STANDINGS = ['offered', 'replaced', 'by_hand', 'unverified', 'not_offered'] as const;
export type Standing = (typeof STANDINGS)[number];

export const CAPABILITIES = [
  'death',
  'hang',
  'instance',
  'start',
  'checkpoints',
  'boot',
  'quickHealth',
  'comprehensiveHealth',
  'state',
  'stateDigest',
  'riskLimits',
  'setLimits',
  'enableStrategies',
  'shutdown',
  'ownership',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

export interface CapabilityLine {
  capability: Capability;
  standing: Standing;
  /** What does it; for people. */
  by: string;
  /** What is lost by that, for people; null where nothing is. */
  cost: string | null;
}

/** `partly`: as JSON, but for some of it, which is named when it is asked. */
type Form = 'json' | 'exit' | 'positions' | 'partly';
type Command = Exclude<
  Capability,
  'death' | 'hang' | 'instance' | 'start' | 'checkpoints' | 'boot' | 'ownership'
>;
/** By which it is told what it holds: part of how it boots. */
type Entry = 'updatePosition' | 'importOrder';

/** As the configuration has it. */
export interface EngineFacts {
  /** In words, by its kind: what names the process, and what looks how it is. */
  liveness: readonly { kind: string; words: string }[];
  /** What its control surface offers, and how that answers. */
  answers: Readonly<Partial<Record<Command | Entry, Form>>>;
  byHand: ByHand;
  checkpoints: 'engine' | 'shadow' | 'none';
  boot: Boot;
  /** By which an order is taken for its own. */
  ownership: 'prefix' | 'account' | 'engine';
  /** Of the policy: limits that must be loaded. */
  limits: readonly string[];
  /** Whether people are asked about what nothing verifies. */
  asks: boolean;
}

/** Instructions to people; null where a machine does it. */
export interface ByHand {
  start: { instruction: string; readyWithinMs: number | null } | null;
  setLimits: string | null;
  enableStrategies: string | null;
  /** What is said to people where an engine cannot be stopped from here. */
  shutdown: string | null;
}

/** What a recovery has to know of it; `lines`: all that is not offered. */
export interface Integration {
  lines: CapabilityLine[];
  byHand: ByHand;
}

/** Null where it offers all. */
export function integrationOf(facts: EngineFacts): Integration | null {
  const lines = capabilityLines(facts).filter(({ standing }) => standing !== 'offered');
  return lines.length === 0 ? null : { lines, byHand: facts.byHand };
}

export function capabilityLines(facts: EngineFacts): CapabilityLine[] {
  return CAPABILITIES.map((capability) => ({ capability, ...LINES[capability](facts) }));
}

type Line = Omit<CapabilityLine, 'capability'>;

function offered(by: string): Line {
  return { standing: 'offered', by, cost: null };
}

const LINES: Record<Capability, (facts: EngineFacts) => Line> = {
  death: ({ liveness }) => {
    const [hello] = of(liveness, ['socket']);
    if (hello !== undefined) return offered(hello);
    const by = of(liveness, ['process', 'heartbeat', 'systemd', 'log', 'core', 'health']);
    const cost = 'in place of hello: a stop that nobody ordered here is a crash';
    return { standing: 'replaced', by: by[0] ?? 'nothing', cost };
  },
  hang: ({ liveness }) => {
    const [beat] = of(liveness, ['heartbeat']);
    if (beat !== undefined) return offered(beat);
    const [by] = of(liveness, ['health', 'threads', 'log']);
    if (by === undefined) {
      return { standing: 'not_offered', by: 'nothing', cost: 'one that hangs is not seen' };
    }
    return { standing: 'replaced', by, cost: 'in place of a heartbeat: found later' };
  },
  instance: ({ answers: { quickHealth } }) =>
    quickHealth === 'json'
      ? offered('it calls itself by its instance and epoch')
      : {
          standing: 'replaced',
          by: 'the one process of it that lives on its host',
          cost: "no fence within the engine: a stale worker is stopped by the host's alone",
        },
  start: ({ byHand: { start } }) =>
    start === null
      ? offered('by command')
      : byPerson(start.instruction, 'time: a person starts it, and confirms that at a gate'),
  checkpoints: ({ checkpoints }) => CHECKPOINTS[checkpoints],
  boot: bootLine,
  quickHealth: (facts) => (isOffered(facts, 'quickHealth') ? offered('asked') : weakHealth(facts)),
  comprehensiveHealth: (facts) => {
    if (isOffered(facts, 'comprehensiveHealth')) return offered('asked');
    if (!isOffered(facts, 'quickHealth')) return weakHealth(facts);
    return {
      standing: 'replaced',
      by: 'its quick health',
      cost: 'depth: its services are UNVERIFIED',
    };
  },
  state: ({ answers: { state, stateDigest }, asks }) => {
    if (state === 'json') return offered('compared, figure by figure');
    if (state === 'positions') {
      const cost = `orders, balances, breaker: UNVERIFIED, ${told(asks)}`;
      return { standing: 'replaced', by: 'its positions alone', cost };
    }
    if (state === 'partly') {
      const cost = `what it cannot tell is named at its start: UNVERIFIED, ${told(asks)}`;
      return { standing: 'replaced', by: 'compared as far as it is told', cost };
    }
    if (stateDigest !== undefined) {
      const cost = 'a difference has no figures; its books are not compared in the ramp';
      return { standing: 'replaced', by: 'its digest alone', cost };
    }
    const cost = `nothing says that it knows its positions and orders: ${told(asks)}; not compared in the ramp`;
    return { standing: 'unverified', by: 'nothing', cost };
  },
  stateDigest: ({ answers: { state, stateDigest }, asks }) => {
    if (stateDigest !== undefined) return offered('compared');
    if (state === 'json') return { standing: 'replaced', by: 'made of its state', cost: null };
    if (state === 'partly') return { standing: 'replaced', by: 'its state', cost: null };
    const cost = `nothing says that it knows its orders: ${told(asks)}`;
    return { standing: 'unverified', by: 'nothing', cost };
  },
  riskLimits: ({ answers: { riskLimits }, limits, asks }) => {
    if (riskLimits === 'json') return offered('compared, limit by limit');
    const named = limits.join(', ');
    if (riskLimits === 'exit') {
      const cost = limits.length === 0 ? 'none listed' : `UNVERIFIED, ${told(asks)}: ${named}`;
      return { standing: 'replaced', by: 'its word that they are loaded', cost };
    }
    return limits.length === 0
      ? { standing: 'not_offered', by: 'skipped: none is demanded', cost: 'limits not proven' }
      : { standing: 'unverified', by: 'nothing', cost: `limits not proven, asked about: ${named}` };
  },
  setLimits: ({ byHand: { setLimits } }) =>
    setLimits === null
      ? offered('by command')
      : byPerson(setLimits, 'time, and proof: confirmed by a person, verified by nothing'),
  enableStrategies: ({ byHand: { enableStrategies } }) =>
    enableStrategies === null
      ? offered('by command')
      : byPerson(enableStrategies, 'time, and proof: confirmed by a person, verified by nothing'),
  shutdown: (facts) =>
    isOffered(facts, 'shutdown')
      ? offered('asked, then by signals')
      : {
          standing: 'replaced',
          by: 'SIGTERM, a grace, SIGKILL, until no process of it is left',
          cost: 'answers in flight: its orders are looked up afterwards',
        },
  ownership: ({ ownership }) => OWNERSHIP[ownership],
};

const CHECKPOINTS: Record<EngineFacts['checkpoints'], Line> = {
  engine: offered('its own'),
  shadow: {
    standing: 'replaced',
    by: 'shadows, which a worker writes of what its venues tell',
    cost: 'its daily result and breaker, and what it had booked: not known',
  },
  none: {
    standing: 'unverified',
    by: 'nothing',
    cost: 'the venues are compared with nothing: what happened unseen is not found',
  },
};

function bootLine({ boot: { from, syncs }, answers }: EngineFacts): Line {
  if (from === 'file') return offered('from the recovered checkpoint');
  const cost = 'it may book otherwise than the recovery did: the compare finds it';
  if (from === 'import') {
    const untold = [
      ...(answers.updatePosition === undefined ? ['positions'] : []),
      ...(answers.importOrder === undefined ? ['orders'] : []),
    ];
    const people = untold.length === 0 ? '' : `; people enter its ${untold.join(' and ')}`;
    const by = 'told item by item, then compared';
    return { standing: 'replaced', by, cost: `${cost}${people}` };
  }
  const by = syncs ? 'it reads the venues again, then compared' : 'by itself, then compared';
  return { standing: 'replaced', by, cost };
}

const OWNERSHIP: Record<EngineFacts['ownership'], Line> = {
  prefix: offered('client ids that begin as configured'),
  account: {
    standing: 'replaced',
    by: 'every order of its account',
    cost: 'what anybody else places there is taken for its own',
  },
  engine: {
    standing: 'replaced',
    by: 'what it names itself, and its newest checkpoint',
    cost: 'an order that neither names is left as a stranger, and said',
  },
};

function byPerson(instruction: string, cost: string): Line {
  return { standing: 'by_hand', by: `a person: ${instruction}`, cost };
}

function weakHealth({ liveness }: EngineFacts): Line {
  const [url] = of(liveness, ['health']);
  if (url !== undefined) {
    return { standing: 'replaced', by: url, cost: 'depth: what the answer does not look at' };
  }
  const cost = 'that its process lives is all that is looked at';
  return { standing: 'unverified', by: 'process alive', cost };
}

function isOffered({ answers }: EngineFacts, command: Command): boolean {
  return answers[command] !== undefined;
}

/** In the order of the kinds. */
function of(liveness: EngineFacts['liveness'], kinds: readonly string[]): string[] {
  return kinds.flatMap((kind) =>
    liveness.filter((entry) => entry.kind === kind).map(({ words }) => words),
  );
}

function told(asks: boolean): string {
  return asks ? 'asked' : 'reported';
}

export const STANDING_WORDS: Record<Standing, string> = {
  offered: 'offered',
  replaced: 'replaced',
  by_hand: 'BY HAND',
  unverified: 'UNVERIFIED',
  not_offered: 'NOT OFFERED',
};

/** One of them in a sentence. */
export function capabilityWords({ capability, standing, by, cost }: CapabilityLine): string {
  const lost = cost === null ? '' : ` (${cost})`;
  return `${capability}: ${STANDING_WORDS[standing]}: ${by}${lost}`;
}

/** What a person is to do for a stage. */
export function filledIn(
  instruction: string,
  { percent, strategies }: { percent: number; strategies: string },
): string {
  return instruction.replaceAll('{percent}', String(percent)).replaceAll('{level}', strategies);
}
