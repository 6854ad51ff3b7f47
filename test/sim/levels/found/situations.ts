/**
 * What a recovery may find, at the level of workflows: the fakes of `test/workflows`, by names that a plan can hold,
 * each under where it shows.
 *
 * Invariant: of two that answer the same question, the later one is heard; rules of two are one policy.
 */
import type { FOUND_KINDS } from '../../faults/plan.js';
import type { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';
import type { Integration } from '../../../../workflows/domain/engine/integration.js';
import { instanceIdOf } from '../../../../workflows/ids.js';
import type { GateKind } from '../../../../workflows/domain/content/gate-kind.js';
import { rulesOf } from '../../../workflows/fakes/activities.js';
import type { Fakes } from '../../../workflows/fakes/engine.js';
import { MORE } from './more-found.js';
import { quickPolicy, STAGES_WITH_WINDOWS } from '../../../workflows/fakes/policy.js';
import * as troubles from '../../../workflows/fakes/troubles.js';
import { APPROVERS, type Person } from '../../../workflows/fakes/people.js';
import { bothOf } from '../../world/engine/both-of.js';
import { approverOf, PEOPLE } from '../cast.js';
import type { Staged } from '../scene.js';
import { ALSO_FOUND, type Rules, type Situation } from './also-found.js';

type FoundAt = (typeof FOUND_KINDS)[number];

/** Where the procedure exits, by what is asked there. */
const SHOWN_AT: Partial<Record<GateKind, FoundAt>> = {
  automatic_recovery: 'situation',
  risk_limits: 'checks',
  exposure: 'checks',
  volatility: 'checks',
  market_closed: 'checks',
};

type Named = Readonly<Record<string, Situation>>;

function heldAt(at: FoundAt): Named {
  const held = troubles.HOLDS.filter(({ kind }) => (SHOWN_AT[kind] ?? 'books') === at);
  return Object.fromEntries(held.map(({ what, fakes, rules }) => [what, { fakes, rules }]));
}

const ALL = {
  situation: { ...ALSO_FOUND.situation, ...heldAt('situation') },
  books: { ...ALSO_FOUND.books, ...heldAt('books') },
  checks: { ...ALSO_FOUND.checks, ...heldAt('checks') },
  rules: ALSO_FOUND.rules,
} satisfies Record<FoundAt, Named>;

const KNOWN: Named = Object.assign({}, MORE, ...Object.values(ALL)) as Named;

/** Names, for plans. */
export const SITUATIONS: Record<FoundAt, readonly string[]> = {
  situation: Object.keys(ALL.situation),
  books: Object.keys(ALL.books),
  checks: Object.keys(ALL.checks),
  rules: Object.keys(ALL.rules),
};

const USUAL: Rules = {
  containment: 'cancel_own_orders',
  ramp: { stages: STAGES_WITH_WINDOWS },
};

const BY_COMMAND = { start: null, setLimits: null, enableStrategies: null, shutdown: null };
const LINE = { capability: 'start', standing: 'by_hand', by: 'a person', cost: 'time' } as const;

/** What names of a plan come to. */
export interface Found extends Pick<Staged, 'conduct' | 'host'> {
  /** Who may decide and does. */
  people: readonly Person[];
  fakes: Fakes;
  policy: RecoveryPolicy;
}

export function situationOf(name: string): Situation | null {
  return KNOWN[name] ?? null;
}

export function found(names: readonly string[]): Found {
  const chosen = names.flatMap((name) => situationOf(name) ?? []);
  const policy = quickPolicy(
    chosen.reduce<Rules>((all, { rules = {} }) => bothOf(all, rules), USUAL),
  );
  const fakes = Object.assign({}, ...chosen.map((one) => one.fakes?.())) as Fakes;
  const byHand = Object.assign({}, ...chosen.map((one) => one.byHand)) as Integration['byHand'];
  const { conduct, host } = Object.assign({}, ...chosen) as Situation;
  const staged = { ...(conduct !== undefined && { conduct }), ...(host !== undefined && { host }) };
  const byPeople = Object.keys(byHand).length === 0 ? {} : BY_PEOPLE;
  const people = [...PEOPLE, ...chosen.flatMap(({ also = [] }) => also)];
  const loadRules = readingOf(chosen, { policy, byHand, host });
  return { fakes: { ...byPeople, loadRules, ...fakes }, policy, people, ...staged };
}

const BY_PEOPLE: Fakes = {
  awaitStarted: async ({ engineId, epoch }) => ({
    instanceId: instanceIdOf(engineId, epoch),
    pid: 6_000 + epoch,
  }),
};

interface Rulings {
  policy: RecoveryPolicy;
  byHand: Integration['byHand'];
  host: string | undefined;
}

/** The rules as a worker reads them, time after time. */
function readingOf(chosen: readonly Situation[], { policy, byHand, host }: Rulings) {
  const named = [...APPROVERS, ...chosen.flatMap(({ also = [] }) => also).map(approverOf)];
  const usual = chosen.reduce((now, { approvers }) => approvers?.(now) ?? now, named);
  let leaving = chosen.flatMap((one) => one.leaving ?? []);
  const integration: Integration = { lines: [LINE], byHand: { ...BY_COMMAND, ...byHand } };
  return async () => {
    const approvers = [...usual, ...leaving];
    leaving = [];
    return {
      ...rulesOf({ policy, approvers }),
      ...(Object.keys(byHand).length > 0 && { integration }),
      ...(host !== undefined && { host }),
    };
  };
}
