/**
 * A whole incident in virtual time: the real workflows and activities over a simulated Temporal, engines of the
 * sandbox's own classes over its exact ledger, an agent, two workers, two hosts and people.
 *
 * Invariants: everything that is drawn comes from the seed, a stream for each concern, so that a fault may be left
 * out and the rest stays; what is done to the world goes through what is exposed here, and is noted.
 */
import { signedClient } from '../../../clients/temporal/connect.js';
import { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import type { EngineVenueId } from '../../../sandbox/venues/index.js';
import { APPROVERS } from '../../workflows/fakes/people.js';
import { SimulatedServer } from '../temporal/server.js';
import { forgetRuns, isolateFor, useCodeBefore } from '../worker/worker.js';
import { BEGINS_AT_MS, useTime } from '../time/installed.js';
import { randomOf } from '../time/random.js';
import { VirtualTime } from '../time/virtual-time.js';
import { Clocks } from './clocks.js';
import { lineTo, type Around, type Level, type Mishaps } from './around.js';
import { IncidentWorld, type Hosts } from './incident-world.js';
import { LIMITS, PACE, settingsOf, type Traits } from './engine/settings.js';
import { bothOf } from './engine/both-of.js';
import { noFacts } from './facts.js';
import { keysOfWorlds } from './keys.js';
import { openHost } from './machine/host.js';
import { MachineDisk } from './machine/machine-disk.js';
import { Points } from './points.js';
import { Market } from './venues/market.js';
import { totalsOf } from './venues/rows.js';

export interface IncidentOptions {
  seed: string;
  /** The workflows, bundled. */
  code: string;
  /** A patch that workers do not have yet before `upgrade`. */
  patchToCome?: string;
  level?: Level;
  venues?: readonly EngineVenueId[];
  /** Beside what the engine's limits make necessary; the procedure's own where left out. */
  policy?: Record<string, unknown>;
  engine?: Traits;
  mishaps?: Mishaps;
  /** How often others take of what rests in the market; null: never. */
  others?: { lowMs: number; highMs: number } | null;
  /** Of virtual time, for all of it. */
  limitMs?: number;
}

const HOUR_MS = 3_600_000;
const OTHERS = { lowMs: 15_000, highMs: 90_000 };
const VENUES = ['binance', 'binanceusdm'] as const;
const HOSTS = ['host-1', 'host-2'] as const;

/** In a world of its own, to its end; all of the process is in it meanwhile. */
export async function inIncidentWorld<T>(
  options: IncidentOptions,
  act: (world: IncidentWorld) => Promise<T>,
): Promise<T> {
  const { seed, limitMs = 12 * HOUR_MS } = options;
  const keys = await keysOfWorlds();
  const [ties, math] = [randomOf(seed, 'ties'), randomOf(seed, 'math')];
  const time = new VirtualTime(BEGINS_AT_MS, () => ties.next());
  useTime(time, () => math.next());
  try {
    const world = openWorld(options, { time, keys });
    let isOver = false;
    const acting = act(world).finally(() => (isOver = true));
    acting.catch(() => undefined); // told below
    await time.until(() => isOver, limitMs);
    world.close();
    return await acting;
  } finally {
    useTime(null);
    await forgetRuns();
  }
}

function openWorld(
  {
    seed,
    code,
    level = 'ports',
    venues = VENUES,
    policy = {},
    others = OTHERS,
    ...given
  }: IncidentOptions,
  { time, keys }: { time: VirtualTime; keys: Around['keys'] },
): IncidentWorld {
  const random = (concern: string) => randomOf(seed, concern);
  useCodeBefore(given.patchToCome ?? null);
  const latency = { lowMs: 2, highMs: 12 };
  const server = new SimulatedServer(time, { random: random('server'), latency });
  const market = new Market({ seed, venues, time, random: random('wire') });
  const rules = {
    policy: RecoveryPolicy.parse(bothOf({ risk: { limits: LIMITS }, ...PACE }, policy)),
    approvers: APPROVERS,
    integration: null,
    host: HOSTS[0],
    readBy: HOSTS[0],
    outdated: null,
  };
  const around: Around = {
    level,
    server,
    keys,
    market,
    random,
    creator: isolateFor(code),
    clocks: new Clocks(),
    store: new MachineDisk(),
    points: new Points(),
    facts: noFacts(),
    rules: { ofEngine: async () => rules },
    baseline: baselineOf(market),
    ...(given.mishaps !== undefined && { mishaps: given.mishaps }),
  };
  const config = settingsOf(rules.policy.risk.limits, given.engine ?? {});
  const of = { config, hidesExposure: given.engine?.hidesExposure ?? false };
  const hosts: Hosts = {
    first: openHost(around, { ...of, name: HOSTS[0], engines: [config.engineId] }),
    second: openHost(around, { ...of, name: HOSTS[1], engines: [] }),
  };
  const { common } = lineTo(around, keys.of('operator'), 'operator');
  const client = signedClient(common.messages, common);
  return new IncidentWorld(around, { hosts, client, others, limits: config.limits });
}

/** What the accounts were given is no exposure of the engine's making. */
function baselineOf({ venues, sandbox }: Market): Record<string, string> {
  return Object.fromEntries(
    venues.flatMap((venue) =>
      totalsOf(sandbox.core.desks[venue].state).map(([asset, total]) => [
        `${venue}|${asset}`,
        total,
      ]),
    ),
  );
}
