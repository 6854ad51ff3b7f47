/**
 * What a question needs before it is asked: who may answer, and a look at the market; unless people end the recovery
 * meanwhile.
 */
import type { condition } from '@temporalio/workflow';
import type { Approver } from '../../domain/gates/approver.js';
import type { MarketView } from '../../domain/gates/market.js';

/** Why a question will never be answered. */
export class Withdrawn extends Error {
  override name = 'Withdrawn';
}

/** Null while questions may be asked. */
export interface Withdrawal {
  why: string | null;
}

export function refuseWithdrawn({ why }: Withdrawal): void {
  if (why !== null) throw new Withdrawn(why);
}

export interface Gathering {
  /** Who may decide, read again when a gate opens. */
  people(): readonly Approver[] | Promise<readonly Approver[]>;
  /** At what is in the market; null where questions stand alone. */
  look(): Promise<MarketView> | null;
  /** The workflow's own, which lets time pass. */
  condition: typeof condition;
}

export interface Gathered {
  approvers: readonly Approver[];
  /** Null where questions stand alone. */
  market: MarketView | null;
}

/** No promise where people are at hand and nothing is looked at: recoveries under way keep their order of commands. */
export function gather(options: Gathering, over: Withdrawal): Gathered | Promise<Gathered> {
  const people = options.people();
  refuseWithdrawn(over);
  const looking = options.look();
  if (looking === null) {
    if (!(people instanceof Promise)) return { approvers: people, market: null };
    return people.then((approvers) => ({ approvers, market: null }));
  }
  const both = Promise.all([people, looking]);
  const gathering = both.then(([approvers, market]) => ({ approvers, market }));
  return unlessWithdrawn(gathering, { ...options, over });
}

/** What a question waits for keeps nobody from ending it. */
async function unlessWithdrawn<T>(
  gathering: Promise<T>,
  { condition: until, over }: Pick<Gathering, 'condition'> & { over: Withdrawal },
): Promise<T> {
  const ended = until(() => over.why !== null).then(() => {
    throw new Withdrawn(over.why ?? '');
  });
  return Promise.race([gathering, ended]);
}
