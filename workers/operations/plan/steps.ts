/**
 * The steps of the procedure, each with what it would do, whom it would ask, and what of it is not known now.
 *
 * Invariant: a step whose ground could not be read says so, and never that it would pass.
 */
import { join } from 'node:path';
import { isProtective } from '../../../workflows/domain/orders/protection/protective.js';
import { chooseOwn } from '../../../activities/procedures/own-orders.js';
import { STOPS_WITHIN_MS } from '../../../activities/procedures/stopping/stop-engine.js';
import type { PlanStep } from '../../../clients/cli/answers/plan.js';
import { readableVenues } from '../../../workflows/domain/books/snapshot.js';
import { counted } from '../../../workflows/domain/content/counted.js';
import { Cause } from '../../../workflows/domain/crash/cause/cause.js';
import { warningLines } from '../../../workflows/domain/orders/fate/warning-lines.js';
import { RESOLUTIONS } from '../../../workflows/domain/orders/resolution.js';
import { containmentOf } from '../../../workflows/domain/policy/policy.js';
import {
  answeredBy,
  askingCauses,
  questionsOf,
  type Found,
} from '../../../workflows/domain/readiness/planned.js';
import { STEPS, type StepName } from '../../../workflows/domain/record.js';
import { startCommand } from '../../config/engine/control.js';
import { hostOf } from '../../config/engines.js';
import type { Gathered, Looked } from './gather.js';

/** What is known of one step, in words. */
type Told = Partial<Pick<PlanStep, 'does' | 'unread' | 'later'>>;

export function stepsOf(gathered: Gathered, found: Found): PlanStep[] {
  const { engine, config } = gathered;
  const questions = questionsOf(found, engine.policy);
  return STEPS.map((step, number) => {
    const asks = questions
      .filter((question) => question.step === step)
      .map(({ gate, why }) => ({
        gate,
        why,
        ...answeredBy(gate, engine.policy, config.approvers),
      }));
    const { does = [], unread = [], later = [] } = TELL[step](gathered, found);
    return { number, step, does, asks, unread, later };
  });
}

const TELL: Record<StepName, (gathered: Gathered, found: Found) => Told> = {
  contain,
  analyse,
  safety,
  load_state: loadState,
  reconcile,
  recover_orders: recoverOrders,
  start,
  risk,
  market,
  ramp,
  after,
};

function contain({ engine, books: { snapshot } }: Gathered): Told {
  const { policy, orderIdPrefix } = engine;
  const { keepProtective, deadManSwitchMs } = policy;
  const does = engine.venues.map((venue) => {
    const action = containmentOf(policy, venue);
    if (action === 'none') return `${venue}: orders stay`;
    if (action !== 'cancel_own_orders') {
      return `${venue}: ${action.replaceAll('_', ' ')} (${seconds(deadManSwitchMs)})`;
    }
    const truth = readableVenues(snapshot).find((one) => one.venue === venue);
    if (truth === undefined) return `${venue}: cancels the orders of the engine`;
    const open = { orders: truth.orders, protective: new Set(truth.orders.filter(isProtective)) };
    const chosen = chooseOwn(
      truth,
      { ...open, notUnderstood: [], unread: [] },
      { prefix: orderIdPrefix, keepProtective },
    );
    const { toCancel, protective } = chosen;
    return (
      `${venue}: cancels ${counted(toCancel.length, 'order')} of the engine, ` +
      `${protective.length} that protect stay`
    );
  });
  return { does };
}

function analyse({ config, engine, living }: Gathered): Told {
  const lives = 'found' in living && living.found.length > 0;
  return {
    does: [
      `proves the death on ${hostOf(config, engine)}, by its process table`,
      `gathers evidence into ${join(config.dataDir, 'evidence')}`,
      ...('found' in living
        ? [
            lives
              ? `the engine lives now (${pidsOf(living)})`
              : 'no process of the engine is known here: none that Relight started, or that its agent watches',
          ]
        : []),
    ],
    unread: whyIn(living, 'its processes'),
    later: ['what it died of'],
  };
}

function pidsOf({ found }: Extract<Gathered['living'], { found: unknown }>): string {
  // Children of an engine have its variables, and are no engine of their own.
  const one = new Map(found.toReversed().map((each) => [each.instanceId, each.pid]));
  const more = found.length - one.size;
  const others = more === 0 ? '' : `, and ${counted(more, 'process', 'processes')} of its own`;
  return `${[...one.values()].map((pid) => `pid ${pid}`).join(', ')}${others}`;
}

function safety({ engine, guardian, killSwitch, books }: Gathered, found: Found): Told {
  const { policy } = engine;
  const { maxCrashes, windowMs } = policy.crashLoop;
  const causes = askingCauses(policy, Cause.options);
  return {
    does: [
      `crash ${found.crashCount} in ${seconds(windowMs)}: more than ${maxCrashes} ask`,
      ...('why' in books.chosen
        ? []
        : [`${counted(books.chosen.checkpoints.length, 'checkpoint')} looked at`]),
    ],
    unread: [
      ...whyIn(guardian, 'its guardian, which knows of a hold and earlier crashes'),
      ...whyIn(killSwitch, 'the kill switch'),
      ...('why' in books.chosen ? [`its checkpoints: ${books.chosen.why}`] : []),
    ],
    later: causes.length === 0 ? [] : [`asks where the cause is ${causes.join(', ')}`],
  };
}

function loadState({ books: { chosen } }: Gathered): Told {
  if ('why' in chosen) return { unread: [`which state it would begin with: ${chosen.why}`] };
  const { source, shadow } = chosen;
  if (shadow !== null) {
    return { does: [`a shadow checkpoint, ${seconds(shadow.ageMs)} old: ${source.why}`] };
  }
  if (source.kind === 'exchanges')
    return { does: [`rebuilds it from the exchanges: ${source.why}`] };
  return { does: [`checkpoint ${source.name}, ${seconds(source.ageMs)} old: ${source.why}`] };
}

function reconcile({ books: { compared } }: Gathered, { compared: summary }: Found): Told {
  if (compared === null || summary === null) {
    return { unread: ['nothing could be compared, because no state was read'] };
  }
  const { counts, fillsApplied, flowsApplied } = summary;
  const { match, explained, dust = 0, unverified = 0, unexplained, unknown } = counts;
  return {
    does: [
      `${match} equal, ${explained} explained by ${counted(fillsApplied, 'fill')} and ` +
        `${counted(flowsApplied, 'cash flow')}, ${dust} dust, ${unverified} UNVERIFIED, ` +
        `${unexplained} unexplained, ${unknown} unknown`,
    ],
  };
}

function recoverOrders({ books }: Gathered, { orders, unreadable }: Found): Told {
  const unread = unreadable.map((why) => `the orders at ${why}`);
  if (orders === null) {
    return { unread: ['their fates, because no state was read', ...unread] };
  }
  const kinds = RESOLUTIONS.filter((kind) => orders.counts[kind] > 0).map(
    (kind) => `${orders.counts[kind]} ${kind.replaceAll('_', ' ')}`,
  );
  return {
    does: [
      kinds.length === 0 ? 'no order is open or was' : kinds.join(', '),
      ...warningLines(orders.warnings),
      ...(books.compared === null ? [] : ['orders of others are never cancelled']),
    ],
    unread,
  };
}

function start({ engine, offers, engineId }: Gathered): Told {
  const { control, checkpoints, policy } = engine;
  const { readyWithinMs, settleMs } = policy.health;
  return {
    does: [
      `writes the recovered checkpoint into ${checkpoints.recovered}`,
      startWords(engine, engineId),
      `asks it until it is well, for ${seconds(readyWithinMs)}; lets it settle for ${seconds(settleMs)}`,
      ...('found' in offers ? [heldWords(offers.found)] : []),
      `where it does not pass: asks it to stop, kills it after ` +
        `${seconds(control.stopWithinMs ?? STOPS_WITHIN_MS)}, and asks people`,
    ],
    unread: whyIn(offers, 'what its control offers'),
    later: ['whether it comes up, and holds what was recovered'],
  };
}

function startWords({ control, process }: Gathered['engine'], engineId: string): string {
  if (process.kind === 'by_hand') return `ASKS a person to start it: ${process.instruction}`;
  if (control.start === null) return 'starts it by nothing: nobody has said how';
  const { argv, returnsWithinMs } = startCommand(control.start);
  const user = control.user === null ? '' : `, as ${control.user}`;
  return (
    `starts ${argv[0]} with ${counted(argv.length - 1, 'argument')} (engines.${engineId}.control.start)` +
    `${user}, without trading${returnsWithinMs === undefined ? '' : ', which returns'}`
  );
}

function heldWords(offers: readonly string[]): string {
  if (offers.includes('positions')) {
    return 'compares its positions; its orders and balances stay UNVERIFIED';
  }
  if (offers.includes('state')) return 'compares its state, figure by figure';
  return offers.includes('stateDigest')
    ? 'compares the digest of its state alone'
    : 'what it holds stays UNVERIFIED: it tells neither state nor digest';
}

function risk({ limits, exposure, engine }: Gathered, found: Found): Told {
  const { maxExposure, limits: expected } = engine.policy.risk;
  const total = 'found' in exposure ? [`exposure ${exposure.found.total} of ${maxExposure}`] : [];
  const names = Object.keys(expected);
  return {
    does: [
      ...total,
      names.length === 0
        ? 'no limit is expected by policy'
        : `expects as loaded: ${names.join(', ')}`,
      ...(found.limits === null ? [] : ['the living engine was asked for its limits']),
    ],
    unread: [
      ...whyIn(exposure, 'the exposure'),
      ...(limits === null ? [] : whyIn(limits, 'its risk limits')),
    ],
    later: ['the limits that the started engine has loaded'],
  };
}

function market({ engine, market: verdict }: Gathered): Told {
  const { maxVolatility, windowMs, whenClosed } = engine.policy.market;
  const over = `over ${seconds(windowMs)}, limit ${maxVolatility}`;
  if (verdict.kind === 'closed') {
    const waits = whenClosed === 'wait' ? 'waits, and monitors' : 'asks';
    return { does: [`closed: ${verdict.venues.join(', ')}: ${waits}`] };
  }
  if (verdict.kind === 'unknown') {
    return { unread: [`market conditions of ${verdict.what.join(', ')}`] };
  }
  return { does: [`venues open; volatility ${verdict.highest} ${over}`] };
}

function ramp({ engine }: Gathered): Told {
  const { stages, checkEveryMs } = engine.policy.ramp;
  return {
    does: stages.map(
      ({ percent, strategies, soakMs, monitorMs }) =>
        `${percent} %, strategies ${strategies}: books compared, then ${seconds(soakMs)} of soak, ` +
        (monitorMs === 0
          ? 'one check'
          : `${seconds(monitorMs)} of checks, each ${seconds(checkEveryMs)}`),
    ),
    later: ['whether it passes each window'],
  };
}

function after({ config }: Gathered): Told {
  const told = ['log', ...config.notify.map(({ name }) => name)];
  return {
    does: [
      `writes report and record into ${join(config.dataDir, 'reports')}`,
      `tells ${told.join(', ')}`,
    ],
  };
}

function whyIn(look: Looked<unknown>, what: string): string[] {
  return 'why' in look ? [`${what}: ${look.why}`] : [];
}

/** With its unit. */
function seconds(ms: number): string {
  return ms > 0 && ms < 1_000 ? `${ms} ms` : `${Number((ms / 1_000).toFixed(1))} s`;
}
