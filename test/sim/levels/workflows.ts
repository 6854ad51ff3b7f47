/**
 * The level of workflows: the guardian and its recoveries on the simulated server, over the fakes of
 * `test/workflows`; processes that die, people and operators about them.
 *
 * Invariants: the engine of this level is its starts, stops and crashes, and refuses an epoch that is behind, as the
 * fence of a host does; venues, files and books are not there, so nothing is judged by them; at the end every run is
 * shown again to a process that does not know it.
 */
import { signedClient } from '../../../clients/temporal/connect.js';
import { recordOf, reportCrash } from '../../../clients/temporal/recoveries.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import type { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import { ALL_ACTIVITIES, USUAL_ACTIVITIES } from '../faults/failpoints.js';
import type { Person } from '../../workflows/fakes/people.js';
import { eventually } from '../../workflows/fakes/waiting.js';
import { bundledCode } from '../../workers/processes/bundled.js';
import { digestOf } from '../compared/digest.js';
import { plantedIn } from '../mutants/planted.js';
import { Interference } from '../faults/interference.js';
import { isFound, type Fault, type Plan } from '../faults/plan.js';
import { NO_FACTS, type Facts, type Steered } from '../oracle/facts.js';
import { inFakedWorld, type SimulatedWorld } from '../world/faked.js';
import { BEGINS_AT_MS } from '../time/installed.js';
import { FakedEngine } from './faked-engine.js';
import { closedAmong } from './seen/closed.js';
import { MOST_ANSWERS, type Level } from './level.js';
import { MORE } from './found/more-found.js';
import { needsNobody } from './found/needs-nobody.js';
import { beginAnew, give, ORDERS, steer } from './operator.js';
import type { Scene } from './scene.js';
import { People } from './people.js';
import { CONDUCTS } from './sayings.js';
import { hasRecord, openOf, verdictsOf } from './seen/record-facts.js';
import { found, situationOf, SITUATIONS } from './found/situations.js';

const RECOVERY = 'recovery/';
const LOOK_MS = 400;
/** All is over when nothing was open for so long: longer than any process is away before a recovery has begun. */
const QUIET_MS = 120_000;
/** Of virtual time; what is open then is stuck, or waits for people. */
const LONGEST_MS = 3_000_000;

export const workflowsLevel: Level = {
  repertoire: {
    kinds: {
      crash: [''],
      stop_and_wake: [''],
      executed_and_timed_out: [''],
      engine_death: [''],
      activity_fails: [''],
      cut_off: ['control plane', 'host'],
      report_twice: ['same', 'anew'],
      ...SITUATIONS,
      more: Object.keys(MORE),
      person: CONDUCTS,
      operator: ORDERS,
    },
    usual: USUAL_ACTIVITIES,
    others: ALL_ACTIVITIES,
    lastsMs: 3_000,
  },
  simulate: async (seed, plan, told) => {
    const situations = plan.filter(isFound);
    const tell = (what: string) => told(Date.now() - BEGINS_AT_MS, what);
    let run: Run | null = null;
    const interference = new Interference(plan, (fault) => void run?.befall(fault));
    const code = plantedIn(await bundledCode());
    return inFakedWorld({ seed, code, interference }, async (world) => {
      run = new Run({ world, plan, interference, tell });
      const facts = await run.through();
      facts.happened.push(...situations);
      return { facts, digest: digestOf(world.server) };
    });
  },
};

interface Given {
  world: SimulatedWorld;
  plan: Plan;
  interference: Interference;
  tell: (what: string) => void;
}

class Run {
  readonly #world: SimulatedWorld;
  readonly #plan: Plan;
  readonly #interference: Interference;
  readonly #tell: (what: string) => void;
  readonly #engine: ReturnType<SimulatedWorld['engine']>;
  readonly #faked: FakedEngine;
  readonly #people: People;
  readonly #policy: RecoveryPolicy;
  readonly #home: string | null;
  readonly #steered: Steered[] = [];
  readonly #begun: Facts['begun'] = [];
  readonly #onQuestion = new Map<GateKind, () => void>();
  readonly #happened: Fault[] = [];

  constructor({ world, plan, interference, tell }: Given) {
    this.#world = world;
    this.#plan = plan;
    this.#interference = interference;
    this.#tell = tell;
    const situations = plan.filter(isFound).map(({ what }) => what);
    const { fakes, policy, people, conduct = 'approve', host = null } = found(situations);
    this.#policy = policy;
    this.#home = host;
    this.#engine = world.engine({ fakes, policy });
    world.letBe(this.#engine); // the oracle judges it
    this.#faked = new FakedEngine(this.#engine, tell);
    const { client, time } = world;
    this.#people = new People(plan, {
      client,
      tell,
      after: (ms, act) => void time.after(ms, act),
      policy: policy.gates,
      people,
      begunBy: (workflowId) =>
        this.#begun.find(({ incidentId }) => workflowId.endsWith(incidentId))?.by ?? null,
      usual: conduct,
      calls: interference.calls,
      onQuestion: (kind) => this.#asked(kind),
    });
  }

  #asked(kind: GateKind): void {
    const act = this.#onQuestion.get(kind);
    this.#onQuestion.delete(kind);
    act?.();
  }

  /** What others do in it. */
  #stage(fault: Fault): void {
    const { time } = this.#world;
    const ms = 'afterMs' in fault.at ? fault.at.afterMs : 0;
    const scene: Scene = {
      faked: this.#faked,
      ms,
      after: (afterMs, act) => void time.after(afterMs, act),
      onQuestion: (kind, act) => void this.#onQuestion.set(kind, act),
      steers: (command) => void this.#steers(command),
      beginsAnew: (person) => void this.#beginsAnew(person),
      reports: (host, report) => void this.#reportsFrom(host, report),
    };
    situationOf(fault.what)?.happens?.(scene);
  }

  async #steers(command: Steered['command']): Promise<void> {
    const steered = await steer(this.#world, this.#engine, command).catch(() => null);
    if (steered !== null) this.#steered.push(steered);
    this.#tell(`${command}: ${steered === null ? 'was never taken' : 'is taken'}`);
  }

  async #beginsAnew(person: Person): Promise<void> {
    const incidentId = await beginAnew(this.#world.client, this.#engine, person);
    this.#tell(`${person.name} has it begun anew: ${incidentId ?? 'was never taken'}`);
    if (incidentId !== null) this.#begun.push({ incidentId, by: person.name });
  }

  /** Once: who is refused would say it again for ever. */
  async #reportsFrom(host: string, report: CrashReport): Promise<void> {
    const { keys, connection } = this.#world;
    const client = signedClient(keys.of('host', host), { connection, identity: host });
    const receipt = await reportCrash(client, { report }).catch(() => null);
    this.#tell(
      `${host} reports ${report.instance.instanceId}: ${receipt?.disposition ?? 'unheard'}`,
    );
  }

  async through(): Promise<Facts> {
    const { time } = this.#world;
    for (const fault of this.#plan) {
      if (!('afterMs' in fault.at) || isFound(fault)) continue;
      time.after(fault.at.afterMs, () => void this.befall(fault));
    }
    for (const fault of this.#plan.filter(isFound)) this.#stage(fault);
    void this.#faked.dies();
    await this.#untilOver();
    return this.#facts();
  }

  /** What is about no attempt of an activity, or befalls another than who is at it. */
  async befall(fault: Fault): Promise<void> {
    const { kind, what, ms } = fault;
    this.#tell(`${kind} ${what}`);
    if (!this.#interference.happened.includes(fault)) this.#happened.push(fault);
    const [control, host] = this.#world.processes();
    if (kind === 'cut_off') await (what === 'host' ? host : control)?.stop(ms);
    if (kind === 'engine_death') this.#world.time.after(ms, () => void this.#faked.dies());
    if (kind === 'report_twice' && what === 'same') await this.#faked.reportEpoch(0);
    if (kind === 'report_twice' && what === 'anew')
      await this.#engine.reportAnew().catch(() => null);
    if (kind !== 'operator') return;
    const order = ORDERS.find((each) => each === what) ?? 'hold';
    this.#tell(await give(this.#world, this.#engine, { order, ms, steered: this.#steered }));
  }

  async #untilOver(): Promise<void> {
    const endMs = Date.now() + LONGEST_MS;
    for (let quietSinceMs = Date.now(); ;) {
      await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
      const open = this.#openRecoveries();
      for (const workflowId of open) await this.#people.look(workflowId);
      const busy = open.filter((workflowId) => !this.#people.isSilentAt(workflowId));
      if (busy.length > 0 || this.#faked.isTelling) quietSinceMs = Date.now();
      if (Date.now() - quietSinceMs > QUIET_MS || Date.now() > endMs) return;
      if (this.#people.sent.length > MOST_ANSWERS) return;
    }
  }

  #openRecoveries(): string[] {
    const { runs } = this.#world.server;
    return [...runs].flatMap(([workflowId, executions]) =>
      workflowId.startsWith(RECOVERY) && executions.at(-1)?.isOpen === true ? [workflowId] : [],
    );
  }

  async #facts(): Promise<Facts> {
    const { server, time } = this.#world;
    for (const process of this.#world.processes()) process.crash(0);
    const incidents = await this.#records();
    const { heard, reports, lives, effects } = this.#faked;
    const { calls } = this.#interference;
    const { nondeterminism, failures } = server.tasks;
    return {
      ...NO_FACTS,
      endedAtMs: time.nowMs - BEGINS_AT_MS,
      rules: this.#policy,
      needsNobody: needsNobody(this.#plan),
      calls,
      effects,
      closed: closedAmong(server),
      heard,
      reports,
      lives,
      incidents,
      sent: this.#people.sent,
      shown: [...this.#people.shown.values()],
      taken: this.#faked.taken,
      steered: this.#steered,
      home: this.#home,
      begun: this.#begun,
      open: incidents.flatMap((record) => openOf(server, record)),
      verdicts: verdictsOf(incidents),
      differed: nondeterminism.map(
        ({ workflowId, before, now }) => `${workflowId}: ${before}, ${now}`,
      ),
      failures: failures.map(({ workflowId, message }) => `${workflowId}: ${message}`),
      happened: [...this.#interference.happened, ...this.#happened, ...this.#people.happened],
    };
  }

  /** Asked of a process that has to be shown all of it again. */
  async #records(): Promise<RecoveryRecord[]> {
    const recoveries = [...this.#world.server.runs].flatMap(([id, executions]) =>
      id.startsWith(RECOVERY) && executions.some(hasRecord) ? [id] : [],
    );
    const { client } = this.#world;
    await eventually('the guardian answers', async () => this.#engine.status().then(() => true));
    const ask = async (id: string) => eventually(id, async () => recordOf(client, id));
    return Promise.all(recoveries.map(ask));
  }
}
