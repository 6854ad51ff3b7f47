/**
 * Faults at what an activity does to the world, one by one: before it, and after it, when nobody has heard of it yet.
 *
 * Invariant: a place is a port of the world by its name; who is struck there is the process that works on it.
 */
import { isAtPort, type Fault, type Plan } from '../faults/plan.js';
import type { IncidentWorld, ProcessName } from '../world/incident-world.js';

const OF_THE_WORKER = [
  'epochs.raise',
  'workflows.recall',
  'workflows.look',
  'rules.ofEngine',
  'artifacts.put',
  'artifacts.get',
  'channel.send',
  'reports.write',
  'venues.binance.openOrders',
  'venues.binance.fillsSince',
  'venues.binance.balances',
  'venues.binance.cancel',
  'venues.binance.lookUp',
  'venues.binanceusdm.positions',
  'venues.binanceusdm.cancel',
];

const OF_THE_AGENT = [
  'spool.put',
  'spool.remove',
  'processes.liveness',
  'processes.ofEngine',
  'forensics.collect',
  'forensics.addFile',
  'checkpoints.candidates',
  'checkpoints.open',
  'checkpoints.writeRecovered',
  'fence.raise',
  'fence.killSwitch',
  'launches.begin',
  'control.start',
  'control.state',
  'control.comprehensiveHealth',
  'control.setLimits',
  'control.enableStrategies',
];

const named = (port: string) => `port:${port}`;

export const PORTS: readonly string[] = [...OF_THE_WORKER, ...OF_THE_AGENT].map(named);

function ownerOf(port: string): ProcessName {
  return OF_THE_WORKER.map(named).includes(port) ? 'worker' : 'agent';
}

export const AT_PORTS = ['crash', 'stop_and_wake', 'engine_death'] as const;

interface Means {
  crash: (process: ProcessName, ms: number) => void;
  stop: (process: ProcessName, ms: number) => Promise<void>;
  happened: Fault[];
}

/** From now on, each once at most. */
export function waitAtPorts(world: IncidentWorld, plan: Plan, means: Means): void {
  for (const fault of plan) {
    if (!isAtPort(fault)) continue;
    const { of: point, nth, point: when } = fault.at;
    const phase = when === 'before_effect' || when === 'before_answer' ? 'before' : 'after';
    world.on({ point, nth, phase }, () => strike(world, { fault, point }, means));
  }
}

function strike(
  world: IncidentWorld,
  { fault, point }: { fault: Fault; point: string },
  { crash, stop, happened }: Means,
): void {
  happened.push(fault);
  const process = ownerOf(point);
  if (fault.what === 'crash') crash(process, fault.ms);
  // Nobody waits for the end of it: what is at the port goes on when its process does.
  else if (fault.what === 'stop_and_wake') void stop(process, fault.ms);
  else world.crashEngine('SIGKILL');
}
