/**
 * How a recovery ends: recovered, by its people, by the kill switch, or cancelled from outside.
 *
 * Invariants: an engine that has not passed is stopped first; what it leaves in the market is told last, when nothing
 * of it can be delayed any more.
 */
import { CancellationScope, condition, log, patched } from '@temporalio/workflow';
import type { RecoveryOutcome } from '../../domain/record.js';
import { conclude } from '../../steps/after.js';
import type { Recovery } from '../context.js';
import { stopEngine, stopWhatIsLeft, tellThatItIsOver } from '../engine-life.js';
import type { Procedure } from '../procedure.js';
import { cancelOrders } from './hand-over.js';

/** For a report and notices that are under way when the engine is dead already. */
const UNFINISHED_WAIT = '5s';

/** People stop everything: what it started is stopped, its orders cancelled, nobody asked. */
async function haltByKillSwitch(
  procedure: Procedure,
  { reason, by, keepOrders }: NonNullable<Recovery['killSwitch']>,
): Promise<RecoveryOutcome> {
  const { recovery, books } = procedure;
  const why = `kill switch engaged by ${by}: ${reason}`;
  const left = await stopWhatIsLeft(recovery);
  const orders = keepOrders ? 'orders left as they are' : await cancelOrders(recovery, books);
  return finish(
    procedure,
    'halted',
    [why, left, orders].filter((each) => each !== null).join('; '),
  );
}

export async function endAsTold(procedure: Procedure): Promise<RecoveryOutcome> {
  const { recovery, abort } = procedure;
  if (recovery.killSwitch !== null) return haltByKillSwitch(procedure, recovery.killSwitch);
  const { by, reason } = abort.said ?? { by: 'people', reason: 'none' };
  const stopped = await stopEngine(recovery);
  // What trades is stopped, and no order of it stays behind.
  const orders = recovery.traded
    ? await cancelOrders(recovery, procedure.books)
    : 'left as they are';
  const detail = `ended by ${by}: ${reason}; engine: ${stopped}; orders: ${orders}`;
  return finish(procedure, 'halted', detail);
}

/** People end it here: an engine that could not be stopped is not left without one more try. */
export async function halt(procedure: Procedure, why: string): Promise<RecoveryOutcome> {
  const left = await stopWhatIsLeft(procedure.recovery);
  return finish(procedure, 'halted', left === null ? why : `${why}; ${left}`);
}

/** Cancelled from outside: an engine that has not passed must not stay. */
export async function abandon(procedure: Procedure): Promise<RecoveryOutcome> {
  return CancellationScope.nonCancellable(async () => {
    const detail = await stopEngine(procedure.recovery);
    return finish(procedure, 'cancelled', detail);
  });
}

/**
 * A crash waits a little for the report and the notices that are under way, and no longer: from then on it is the
 * guardian's, and these go on to their ends beside what recovers from it.
 */
export async function finish(
  { recovery, crashes, abort }: Procedure,
  outcome: RecoveryOutcome,
  detail: string,
): Promise<RecoveryOutcome> {
  let finished = false;
  const finishing = conclude(recovery, outcome, detail).then(() => (finished = true));
  const told = outcome === 'recovered' ? [abort.next()] : [];
  await Promise.race([finishing, crashes.next(), ...told]);
  if (finished) return outcome;
  if (patched('finish-before-next')) {
    const late = () => condition(() => finished, UNFINISHED_WAIT, { summary: 'for the report' });
    await CancellationScope.nonCancellable(late);
    if (!finished) await untilTold({ recovery, crashes, abort }, finishing, outcome);
  } else if (outcome !== 'recovered') {
    await finishing; // as it was before there was a bound
  }
  return outcome;
}

async function untilTold(
  { recovery, crashes, abort }: Pick<Procedure, 'recovery' | 'crashes' | 'abort'>,
  finishing: Promise<unknown>,
  outcome: RecoveryOutcome,
): Promise<void> {
  log.warn(
    'the report or a notice is not done yet: the engine has crashed, or people have ended it',
  );
  const left = crashes.left();
  const isToStop = outcome === 'recovered' && abort.said !== null;
  if (left === null || isToStop || !patched('tells-to-the-end')) return;
  abort.isTooLate = true;
  await tellThatItIsOver(recovery, outcome, left);
  await finishing;
}
