/**
 * `relight plan`: what a recovery would do if the engine died now, step by step. Each finding is made by the
 * procedure and the rule by which a recovery makes it.
 */
import type { Client } from '@temporalio/client';
import type { PlanAnswer } from '../../../clients/cli/answers/plan.js';
import { readableVenues } from '../../../workflows/domain/books/snapshot.js';
import { worthCurrency } from '../../../workflows/domain/books/worth-currency.js';
import { byWeight } from '../../../workflows/domain/reconciliation/disputes.js';
import { countVerdicts } from '../../../workflows/domain/reconciliation/reconciliation.js';
import { hostOf } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';
import { lineRow } from '../reconcile-now.js';
import { positionRows } from '../venue-views.js';
import { blocksIn, findingsOf } from './findings.js';
import { foundIn, gather, type Gathered } from './gather.js';
import { ordersIn } from './orders.js';
import { stepsOf } from './steps.js';

export async function planNow(
  config: Config,
  engineId: string,
  client: () => Promise<Client>,
): Promise<PlanAnswer> {
  const gathered = await gather(config, engineId, client);
  const { engine, books, living } = gathered;
  return {
    engineId,
    host: hostOf(config, engine),
    takenAtMs: books.snapshot.takenAtMs,
    living: foundIn(living)?.map(({ pid, instanceId }) => ({ pid, instanceId })) ?? null,
    blocked: blocksIn(gathered),
    source: sourceIn(gathered),
    steps: stepsOf(gathered, findingsOf(gathered)),
    ...figuresIn(gathered),
    exposure: exposureIn(gathered),
    orders: ordersIn(books),
    stages: engine.policy.ramp.stages,
  };
}

function sourceIn({ books: { chosen } }: Gathered): PlanAnswer['source'] {
  if ('why' in chosen) return null;
  const { kind, why } = chosen.source;
  if (chosen.shadow !== null) return { kind: 'shadow', ...chosen.shadow, why };
  if (kind === 'exchanges') return { kind, name: null, ageMs: null, why };
  const { name, ageMs } = chosen.source;
  return { kind, name, ageMs, why };
}

function figuresIn({
  engine,
  books: { snapshot, compared },
}: Gathered): Pick<PlanAnswer, 'counts' | 'differing' | 'positions'> {
  const positions = readableVenues(snapshot).flatMap(positionRows);
  if (compared === null) return { counts: null, differing: [], positions };
  const currencyOf = worthCurrency(snapshot, engine.cashAssets);
  const differing = compared.lines.filter(
    ({ verdict, forced }) => (verdict !== 'match' && verdict !== 'unverified') || forced !== '0',
  );
  return {
    counts: { ...countVerdicts(compared.lines) },
    differing: byWeight(differing).map((line) => lineRow(line, currencyOf(line))),
    positions,
  };
}

function exposureIn({ exposure, engine }: Gathered): PlanAnswer['exposure'] {
  const found = foundIn(exposure);
  if (found === null) return null;
  const { total, items, unpriced } = found;
  return { total, limit: engine.policy.risk.maxExposure, items, unpriced };
}
