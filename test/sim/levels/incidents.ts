/**
 * The levels of ports and of the wire: a whole incident in the world of `test/sim/world`, with its ledger, engines,
 * agents, people and disks, and what befalls them.
 *
 * Invariants: a fault goes through what the world exposes; the ledger and the processes speak for themselves.
 */
import { bundledCode } from '../../workers/processes/bundled.js';
import { digestOf } from '../compared/digest.js';
import { plantedIn } from '../mutants/planted.js';
import { Interference } from '../faults/interference.js';
import { ALL_ACTIVITIES, USUAL_ACTIVITIES } from '../faults/failpoints.js';
import { isFound, type Fault, type Plan } from '../faults/plan.js';
import { BEGINS_AT_MS } from '../time/installed.js';
import { inIncidentWorld } from '../world/incident.js';
import type { IncidentWorld, ProcessName } from '../world/incident-world.js';
import type { Level as WorldLevel } from '../world/around.js';
import { Observed } from './seen/observed.js';
import { MOST_ANSWERS, type Level, type Tell } from './level.js';
import { conductOf, CONDUCTS } from './conducts.js';
import { ORDERS, type Order } from './operator.js';
import { patchesToCome } from './upgrades.js';
import { AT_PORTS, PORTS, waitAtPorts } from './at-ports.js';
import { WORLD_SITUATIONS, worldFound } from './found/world-situations.js';
import { trouble } from './found/troubles.js';
import { newestOf } from './found/world-means.js';
import { needsNobody } from './found/needs-nobody.js';

const HOUR_MS = 3_600_000;
const QUIET_WITHIN_MS = 3 * HOUR_MS;
const LOOK_EVERY_MS = HOUR_MS / 6;
/** The engine trades for a while before it dies. */
const TRADES_MS = 8_000;
const OPENED_MS = 1_000;
/** Longer than it takes to its next order. */
const LAST_MS = 4_000;
/** Who wants a ramp to stay says it until there is one. */
const SAYS_AGAIN = { everyMs: 2_000, times: 100 };

/** The engine's own is that of its host, and of this process. */
const CLOCKS = ['ahead', 'behind'] as const;
const TROUBLES = ['lost', 'unanswered', 'refused', 'slow'] as const;

export async function incidentLevel(level: WorldLevel): Promise<Level> {
  const patches = patchesToCome(await bundledCode());
  return {
    repertoire: {
      kinds: {
        crash: [''],
        stop_and_wake: [''],
        executed_and_timed_out: [''],
        engine_death: ['SIGSEGV', 'SIGKILL', 'SIGABRT'],
        engine_hangs: [''],
        activity_fails: [''],
        cut_off: ['worker', 'agent'],
        report_twice: ['same', 'anew'],
        ...WORLD_SITUATIONS,
        person: CONDUCTS,
        operator: ORDERS,
        venue: TROUBLES,
        power_cut: ['host-1', 'store'],
        at_port: AT_PORTS,
        clock: CLOCKS,
        upgrade: patches,
      },
      usual: USUAL_ACTIVITIES,
      others: ALL_ACTIVITIES,
      ports: PORTS,
      lastsMs: 150_000,
    },
    simulate: async (seed, plan, told) => simulate({ seed, plan, told, level }),
  };
}

interface Given {
  seed: string;
  plan: Plan;
  told: Tell;
  level: WorldLevel;
}

async function simulate({ seed, plan, told, level }: Given) {
  const tell = (what: string) => told(Date.now() - BEGINS_AT_MS, what);
  let incident: Incident | null = null;
  const interference = new Interference(plan, (fault) => incident?.befall(fault));
  const mishaps = {
    interference,
    crash: (name: string, ms: number) => incident?.crash(name, ms),
    stop: async (name: string, ms: number) => incident?.stop(name, ms),
  };
  const situations = plan.filter(isFound);
  const found = worldFound(situations.map(({ what }) => what));
  const upgrade = plan.find(({ kind }) => kind === 'upgrade');
  const options = {
    seed,
    code: plantedIn(await bundledCode()),
    ...(upgrade !== undefined && { patchToCome: upgrade.what }),
    level,
    policy: found.policy,
    engine: found.engine,
    mishaps,
  };
  return inIncidentWorld(options, async (world) => {
    incident = new Incident(world, { plan, tell, found });
    await incident.through();
    const facts = await incident.observed.facts();
    facts.happened.push(...interference.happened, ...incident.happened, ...situations);
    facts.needsNobody = needsNobody(plan);
    facts.tellsTransfers = level === 'wire';
    return { facts, digest: digestOf(world.around.server) };
  });
}

interface About {
  plan: Plan;
  tell: (what: string) => void;
  found: ReturnType<typeof worldFound>;
}

class Incident {
  readonly happened: Fault[] = [];
  readonly observed: Observed;
  readonly #world: IncidentWorld;
  readonly #plan: Plan;
  readonly #found: About['found'];
  readonly #tell: (what: string) => void;
  /** Before it trades, and when all is over, nothing befalls it: it is the engine that the incident is about. */
  #trades = false;

  constructor(world: IncidentWorld, { plan, tell, found }: About) {
    this.#world = world;
    this.#found = found;
    this.#plan = plan;
    this.#tell = tell;
    this.observed = new Observed(world);
    this.#world.plan = conductOf(plan, { happened: this.happened, tell, refused: found.refused });
  }

  async through(): Promise<void> {
    const world = this.#world;
    await this.#open();
    await world.startEngine();
    this.#trades = true;
    await world.sleep(TRADES_MS - LAST_MS);
    this.#found.before(world);
    await world.sleep(LAST_MS);
    for (const fault of this.#plan) {
      if (!('afterMs' in fault.at) || isFound(fault)) continue;
      setTimeout(() => this.befall(fault), fault.at.afterMs);
    }
    waitAtPorts(world, this.#plan, {
      happened: this.happened,
      crash: (process, ms) => this.#crash(process, ms),
      stop: async (process, ms) => this.#stop(process, ms),
    });
    this.#tell('the engine dies');
    world.crashEngine();
    await this.#found.atDeath(world);
    await this.#untilOver();
    this.#trades = false;
    await this.observed.end();
    for (const { atMs, what } of world.facts.events) this.#tell(`${atMs - BEGINS_AT_MS}: ${what}`);
  }

  /** What was done before the engine is long over as it begins. */
  async #open(): Promise<void> {
    const { opening } = this.#found;
    if (opening === null) return;
    opening(this.#world);
    await this.#world.sleep(OPENED_MS);
  }

  async #untilOver(): Promise<void> {
    const { facts } = this.#world;
    const endMs = Date.now() + QUIET_WITHIN_MS;
    while (Date.now() < endMs && facts.decisions.length <= MOST_ANSWERS) {
      if (await this.#world.untilQuiet(LOOK_EVERY_MS)) return;
    }
  }

  befall(fault: Fault): void {
    if (!this.#trades) return;
    this.#tell(`${fault.kind} ${fault.what}`);
    if ('afterMs' in fault.at) this.happened.push(fault);
    const { kind, ms, what } = fault;
    const world = this.#world;
    if (kind === 'engine_death') setTimeout(() => world.crashEngine(what as NodeJS.Signals), ms);
    if (kind === 'engine_hangs') {
      world.hangEngine();
      setTimeout(() => world.wakeEngine(), ms);
    }
    if (kind === 'cut_off') this.#cutOff(what as ProcessName, ms);
    if (kind === 'upgrade') world.upgrade();
    if (kind === 'clock') this.#stepClock(what, ms);
    if (kind === 'power_cut') this.#cutPower(what as 'host-1' | 'store', ms);
    if (kind === 'venue') this.#trouble(what as (typeof TROUBLES)[number], ms);
    if (kind === 'report_twice') void world.reportAgain(what as 'same' | 'anew').catch(() => null);
    if (kind === 'operator') void this.#order(what as Order, ms);
  }

  crash(name: string, downMs: number): void {
    this.#crash(processNamed(name), downMs);
  }

  #crash(process: ProcessName, downMs: number): void {
    this.#tell(`${process} is killed`);
    this.#world.kill(process);
    setTimeout(() => this.#world.restart(process), downMs);
  }

  async stop(name: string, ms: number): Promise<void> {
    await this.#stop(processNamed(name), ms);
  }

  async #stop(process: ProcessName, ms: number): Promise<void> {
    this.#tell(`${process} is stopped`);
    this.#world.stop(process);
    await this.#world.sleep(ms);
    this.#tell(`${process} wakes`);
    this.#world.wake(process);
  }

  #cutOff(name: ProcessName, ms: number): void {
    this.#world.setReachable(name, false);
    setTimeout(() => this.#world.setReachable(name, true), ms);
  }

  /** Its processes are there again with the power. */
  #cutPower(of: 'host-1' | 'store', ms: number): void {
    this.#world.cutPower(of);
    setTimeout(() => this.#world.restart(of === 'store' ? 'worker' : 'agent'), ms);
  }

  #stepClock(what: string, ms: number): void {
    this.#world.stepClock('worker', what === 'ahead' ? ms : -ms);
  }

  /** Of what Relight asks the venues, for a while. */
  #trouble(what: (typeof TROUBLES)[number], ms: number): void {
    const found = what === 'slow' ? { slowMs: 4_000 } : what;
    const end = trouble(this.#world, ({ from }) => (from === 'engine' ? null : found));
    setTimeout(end, ms);
  }

  async #order(what: Order, ms: number): Promise<void> {
    const { operator } = this.#world;
    const workflowId = newestOf(this.#world);
    const acts = {
      hold: async () => {
        await operator.hold();
        await this.#world.sleep(ms);
        await operator.release();
      },
      kill_switch: async () => operator.engageKillSwitch(),
      cancel: async () => operator.cancel(workflowId),
      terminate: async () => operator.terminate(workflowId),
      abort: async () => operator.abort(workflowId),
      pause: async () => this.#steer('pause'),
      step_down: async () => this.#steer('step_down'),
    };
    await acts[what]().then(
      () => this.#tell(`${what} is done`),
      (error: unknown) => this.#tell(`${what}: ${error instanceof Error ? error.message : ''}`),
    );
  }

  async #steer(command: 'pause' | 'step_down'): Promise<void> {
    const { operator } = this.#world;
    for (let times = 0; times < SAYS_AGAIN.times; times += 1) {
      if (await operator.steer(newestOf(this.#world), command)) return;
      await this.#world.sleep(SAYS_AGAIN.everyMs);
    }
  }
}

function processNamed(name: string): ProcessName {
  if (name === 'worker' || name === 'worker-2') return name;
  return name === 'host-2' ? 'agent-2' : 'agent';
}
