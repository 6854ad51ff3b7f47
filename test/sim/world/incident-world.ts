/**
 * What a test or a fault may do to a world, and what can be seen of it.
 *
 * Invariant: this is the only way in; each thing that is done is noted among the facts.
 */
import type { SightingOf } from '../../../clients/detector/crashes.js';
import type { signedClient } from '../../../clients/temporal/connect.js';
import type { Execution } from '../temporal/execution.js';
import type { Around } from './around.js';
import { startControlPlane } from './control-plane.js';
import { differencesFromLedger } from './engine/compared.js';
import type { EngineLife } from './engine/processes.js';
import type { Facts } from './facts.js';
import { startAgent, type Agent } from './machine/agent.js';
import { losePower, type Host } from './machine/host.js';
import { approving, askPeople, type Plan } from './people/people.js';
import { operatorAt, type Operator } from './people/operator.js';
import type { Place, Points } from './points.js';
import type { SimulatedProcess } from './process.js';
import { useCodeBefore } from '../worker/worker.js';
import type { Market } from './venues/market.js';

export interface Hosts {
  /** Where the engine lives. */
  first: Host;
  second: Host;
}

interface Parts {
  hosts: Hosts;
  client: ReturnType<typeof signedClient>;
  /** How often others take of what rests. */
  others: { lowMs: number; highMs: number } | null;
  /** As the engine has loaded them. */
  limits: Record<string, string>;
}

/** Processes of the product, by name; the second worker is there only where it has to relieve the first. */
export type ProcessName = 'worker' | 'worker-2' | 'agent' | 'agent-2';

interface Running {
  process: SimulatedProcess;
  begin: () => SimulatedProcess;
}

const RECOVERY = 'recoverEngine';
const LOOK_EVERY_MS = 2_000;

export class IncidentWorld {
  readonly facts: Facts;
  readonly market: Market;
  readonly points: Points;
  readonly hosts: Hosts;
  readonly operator: Operator;
  /** What people do when they are asked. */
  plan: Plan = approving(30_000);
  /** Something is still to come that is of this incident. */
  #busyUntilMs = 0;
  readonly around: Around;
  /** As the engine has loaded them. */
  readonly limits: Record<string, string>;
  #cuts = 0;
  readonly #processes = new Map<ProcessName, Running>();

  constructor(around: Around, { hosts, client, others, limits }: Parts) {
    this.limits = limits;
    const { facts, market, points } = around;
    this.around = around;
    this.facts = facts;
    this.market = market;
    this.points = points;
    this.hosts = hosts;
    this.operator = operatorAt(client, hosts.first.name);
    const { first, second } = hosts;
    this.#run('worker', () => startControlPlane(around));
    this.#run('agent', () => startAgent(around, first));
    this.#run('agent-2', () => startAgent(around, second));
    askPeople(around, client, () => this.plan);
    market.sandbox.start();
    if (others !== null) market.letOthersTrade(others, around.random('others'));
  }

  #run(name: ProcessName, begin: () => SimulatedProcess): void {
    this.#processes.set(name, { begin, process: begin() });
  }

  #running(name: ProcessName): Running {
    const found = this.#processes.get(name);
    if (found === undefined) throw new Error(`no process ${name}`);
    return found;
  }

  /** So that whoever reads the facts sees what was done from outside. */
  note(what: string): void {
    this.facts.events.push({ atMs: Date.now(), what });
  }

  /** Something is done there, once. */
  on(place: Place, act: () => void | Promise<void>): void {
    this.points.on(place, () => {
      this.note(`at ${place.point}#${place.nth} ${place.phase}`);
      return act();
    });
  }

  kill(name: ProcessName): void {
    this.note(`kill ${name}`);
    this.#running(name).process.kill();
  }

  /** A new process, with nothing in memory. */
  restart(name: ProcessName): void {
    const running = this.#running(name);
    running.process.kill();
    this.note(`start ${name}`);
    running.process = running.begin();
  }

  /** Another worker serves beside the first. */
  relieveWorker(): void {
    this.note('start worker-2');
    this.#run('worker-2', () => startControlPlane(this.around, 'worker-2'));
  }

  /** A worker with all of the workflow code takes the place of one that may lack a patch. */
  upgrade(): void {
    this.note('upgrade worker');
    useCodeBefore(null);
    this.restart('worker');
  }

  stepClock(machine: string, ms: number): void {
    this.note(`the clock of ${machine} steps by ${ms} ms`);
    this.around.clocks.step(machine, ms);
  }

  stop(name: ProcessName): void {
    this.note(`stop ${name}`);
    this.#running(name).process.stop();
  }

  wake(name: ProcessName): void {
    this.note(`wake ${name}`);
    this.#running(name).process.wake();
  }

  /** Temporal cannot be reached from there, or can again. */
  setReachable(name: ProcessName, is: boolean): void {
    this.note(`${is ? 'join' : 'part'} ${name} and Temporal`);
    this.#running(name).process.setReachable(is);
  }

  isAlive(name: ProcessName): boolean {
    return !this.#running(name).process.life.isDead;
  }

  /** The first, which trades at once. Resolves when it does. */
  async startEngine(): Promise<EngineLife> {
    const spawn = { instanceId: 'desk-e0', epoch: 0, statePath: null, trading: true };
    const life = this.hosts.first.processes.spawn(spawn);
    while (life.engine?.permission.trading !== true) await this.sleep(100);
    return life;
  }

  /** The newest process of the engine that is there; null where none is. */
  get engine(): EngineLife | null {
    return this.facts.lives.findLast(({ death }) => death === null) ?? null;
  }

  /** `coreMs`: for which its core is written. */
  crashEngine(signal: NodeJS.Signals = 'SIGSEGV', coreMs = 0): void {
    const life = this.engine;
    this.note(`crash ${life?.instanceId ?? 'nobody'} by ${signal}`);
    if (life !== null) this.#hostOf(life).processes.crash(life, signal, coreMs);
  }

  /** By people, for all lives of the engine. */
  loadLimit(name: string, figure: string): void {
    this.note(`${name} is loaded`);
    this.limits[name] = figure;
  }

  /** It stands still, and its connections stay. */
  hangEngine(): void {
    const life = this.engine;
    this.note(`hang ${life?.instanceId ?? 'nobody'}`);
    if (life === null) return;
    life.life.stop();
    const agent = this.#running('agent').process as Agent;
    agent.missesBeats(life);
  }

  wakeEngine(): void {
    const life = this.engine;
    this.note(`wake ${life?.instanceId ?? 'nobody'}`);
    life?.life.wake();
  }

  #hostOf({ host }: EngineLife): Host {
    return host === this.hosts.second.name ? this.hosts.second : this.hosts.first;
  }

  /** What the agent has told last, once more; nothing where it has told nothing. */
  async reportAgain(how: 'same' | 'anew'): Promise<void> {
    const { report } = this.facts.reports.at(-1) ?? {};
    this.note(`report ${how} of ${report?.instance.instanceId ?? 'nobody'}`);
    if (report === undefined) return;
    await (this.#running('agent').process as Agent).reportAgain(report, how);
  }

  /** An agent sees something of an engine, true or not. */
  sees(name: 'agent' | 'agent-2', sighting: SightingOf): void {
    this.note(`${name} sees that ${sighting.instance.instanceId} is ${sighting.suspicion}`);
    (this.#running(name).process as Agent).sees(sighting);
  }

  /** It is not over before that. */
  lastsFor(ms: number): void {
    this.#busyUntilMs = Math.max(this.#busyUntilMs, Date.now() + ms);
  }

  /** Of the engine's machine, or of that of the worker and the store; its processes are begun anew by hand. */
  cutPower(of: 'host-1' | 'store'): void {
    this.note(`cut the power of ${of}`);
    const random = this.around.random(`power ${(this.#cuts += 1)}`);
    this.#running(of === 'store' ? 'worker' : 'agent').process.kill();
    if (of === 'store') this.around.store.cutPower(random);
    else losePower(this.hosts.first, 1 + this.#cuts, random);
  }

  async sleep(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
  }

  get recoveries(): Execution[] {
    const all = [...this.around.server.runs.values()].flat();
    return all.filter(({ identity }) => identity.type === RECOVERY);
  }

  /** Whether nothing of an incident is under way any more; who is away may find something as it is back. */
  get isQuiet(): boolean {
    const processes = [...this.#processes.values()].map(({ process }) => process);
    const isAway = processes.some(({ life }) => life.state !== 'running');
    const telling = (this.#running('agent').process as Agent).isTelling();
    const hangs = this.engine?.life.state === 'stopped';
    const isBusy = Date.now() < this.#busyUntilMs;
    if (isAway || hangs || telling || isBusy) return false;
    return this.recoveries.every(({ isOpen }) => !isOpen);
  }

  /** Until that is so for a while, and at least so many recoveries have begun; false: not within the limit. */
  async untilQuiet(limitMs: number, recoveries = 1): Promise<boolean> {
    const deadlineMs = Date.now() + limitMs;
    for (let quiet = 0; quiet < QUIET_LOOKS;) {
      if (Date.now() > deadlineMs) return false;
      await this.sleep(LOOK_EVERY_MS);
      quiet = this.isQuiet && this.recoveries.length >= recoveries ? quiet + 1 : 0;
    }
    return true;
  }

  /** What the living engine believes against the ledger; null where none is there. */
  differences(): string[] | null {
    const state = this.engine?.engine?.book.snapshot();
    return state === undefined ? null : differencesFromLedger(state, this.market);
  }

  /** The market stands still and nothing new is placed, so that what is on its way arrives. */
  async settleBooks(): Promise<void> {
    this.market.hold();
    const { engine } = this.engine ?? {};
    if (engine) engine.permission.percent = 0;
    await this.sleep(SETTLE_MS);
  }

  close(): void {
    for (const { process } of this.#processes.values()) process.kill();
    for (const life of this.facts.lives) life.engine?.halt();
    this.market.sandbox.stop();
  }
}

const QUIET_LOOKS = 3;
const SETTLE_MS = 15_000;
