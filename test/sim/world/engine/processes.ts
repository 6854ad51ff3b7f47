/**
 * Processes of engines on one host: the sandbox's own engine, in this process, each life with a number of its own.
 *
 * Invariants: a number is used once; who is dead is in no table; a core keeps its process there until it is written.
 */
import { pino } from 'pino';
import type {
  EngineEnding,
  EngineProcess,
  Liveness,
  ProcessTable,
} from '../../../../activities/ports.js';
import { Engine } from '../../../../sandbox/engine/engine.js';
import type { EngineConfig } from '../../../../sandbox/engine/config.js';
import type { CheckpointFolder } from '../../../../sandbox/engine/books/checkpoint-folder.js';
import { openingOf, readVenueState } from '../../../../sandbox/engine/books/opening-state.js';
import { controlRoutes, type ControlRoute } from '../../../../sandbox/engine/control/routes.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { Life } from '../life.js';
import type { MachineDisk } from '../machine/machine-disk.js';
import type { Market } from '../venues/market.js';
import { engineVenue } from './venue.js';

export const ENGINE_ID = 'desk';
const BUILD = 'sandbox-0.1.0';
const SILENT = pino({ enabled: false });

/** Until it listens, and says hello. */
const BOOT_MS = 200;
const EXIT = { ok: 0, unavailable: 69, configuration: 78 };

export interface Death {
  atMs: number;
  exit: { code: number | null; signal: string | null };
}

export interface EngineLife {
  pid: number;
  startTicks: string;
  instanceId: string;
  epoch: number;
  host: string;
  /** Null: it began with what the venues hold. */
  statePath: string | null;
  bornAtMs: number;
  life: Life;
  /** Null until it has read the state it begins with. */
  engine: Engine | null;
  routes: ControlRoute[] | null;
  isDumping: boolean;
  /** It runs where its host's agent cannot look, as in another PID namespace. */
  isUnseen: boolean;
  /** It lives, and is cut off from its agent, which takes that for its end. */
  isLost: boolean;
  death: Death | null;
}

export interface Spawn {
  instanceId: string;
  epoch: number;
  statePath: string | null;
  trading: boolean;
}

/** A process of the host that is no engine's. */
export interface BystanderProcess {
  pid: number;
  startTicks: string;
  endedAtMs: number;
  killedAtMs: number | null;
}

export interface Watcher {
  hello(life: EngineLife): void;
  /** Not of one that hangs. */
  ended(life: EngineLife): void;
  dumping(life: EngineLife): void;
}

interface Around {
  host: string;
  files: MachineDisk;
  market: Market;
  config: EngineConfig;
  /** Of all hosts of a world, the oldest first. */
  lives: EngineLife[];
}

export class EngineProcesses implements ProcessTable {
  readonly #around: Around;
  watcher: Watcher | null = null;
  /** Nobody can read the table of processes now. */
  isUnreadable = false;
  readonly bystanders: BystanderProcess[] = [];

  constructor(around: Around) {
    this.#around = around;
  }

  /** Those that are in the table. */
  get living(): EngineLife[] {
    const { lives, host } = this.#around;
    return lives.filter((one) => one.host === host && one.death === null);
  }

  /** The one that has the control port. */
  get listening(): EngineLife | null {
    const listens = ({ routes, isDumping, isUnseen }: EngineLife) =>
      routes !== null && !isDumping && !isUnseen;
    return this.living.find(listens) ?? null;
  }

  spawn(spawn: Spawn): EngineLife {
    const { lives, host } = this.#around;
    const number = lives.length + 1;
    const { instanceId, epoch, statePath } = spawn;
    const life: EngineLife = {
      pid: FIRST_PID + number,
      startTicks: String(FIRST_TICKS + number),
      instanceId,
      epoch,
      statePath,
      host,
      bornAtMs: Date.now(),
      life: new Life(),
      engine: null,
      routes: null,
      isDumping: false,
      isUnseen: false,
      isLost: false,
      death: null,
    };
    lives.push(life);
    void this.#boot(life, spawn);
    return life;
  }

  async #boot(life: EngineLife, { trading }: Spawn): Promise<void> {
    const { market, config, files } = this.#around;
    await after(BOOT_MS);
    await life.life.passes();
    const venues = market.venues.map((venue) => engineVenue(market, venue, life.life));
    const { instanceId, epoch, statePath } = life;
    try {
      const file = statePath === null ? null : (files.contentOf(statePath) ?? Buffer.from(''));
      const opening = await (file === null
        ? readVenueState(venues)
        : openingOf(file, config.engineId));
      const engine = new Engine({
        options: { config, statePath, epoch, instanceId, trading },
        venues,
        opening,
        log: SILENT,
        folder: lasting(files.folder(config.checkpointDir), life.life),
      });
      life.engine = engine;
      const onShutdown = () => void this.#shutDown(life);
      life.routes = controlRoutes({ engine, onShutdown, onDie: () => undefined });
      this.watcher?.hello(life);
      await engine.start();
    } catch {
      const code = statePath === null ? EXIT.unavailable : EXIT.configuration;
      this.end(life, { code, signal: null });
    }
  }

  async #shutDown(life: EngineLife): Promise<void> {
    await life.engine?.stopGracefully().catch(() => undefined);
    this.end(life, { code: EXIT.ok, signal: null });
  }

  end(life: EngineLife, exit: Death['exit']): void {
    if (life.death !== null) return;
    life.death = { atMs: Date.now(), exit };
    life.isDumping = false;
    life.life.end();
    life.engine?.halt();
    life.engine?.checkpoints.stop();
    this.watcher?.ended(life);
  }

  /** Dies by that signal; its core is written first where that takes a while. */
  crash(life: EngineLife, signal: NodeJS.Signals, coreMs = 0): void {
    if (life.death !== null || life.isDumping) return;
    if (life.isUnseen && !life.isLost) return this.#lose(life);
    if (coreMs === 0) return this.end(life, { code: null, signal });
    life.isDumping = true;
    life.life.stop();
    life.engine?.halt();
    this.watcher?.dumping(life);
    setTimeout(() => this.end(life, { code: null, signal }), coreMs);
  }

  #lose(life: EngineLife): void {
    life.isLost = true;
    this.watcher?.ended(life);
  }

  async liveness({ pid, startTicks }: { pid: number; startTicks: string }): Promise<Liveness> {
    this.#read();
    if (this.#bystander(pid, startTicks) !== undefined) return 'alive';
    const found = this.#find(pid, startTicks);
    if (found === undefined || found.death !== null || found.isUnseen) return 'gone';
    return found.isDumping ? 'dumping_core' : 'alive';
  }

  async ofEngine(engineId: string): Promise<EngineProcess[]> {
    this.#read();
    if (engineId !== this.#around.config.engineId) return [];
    const seen = this.living.filter(({ isUnseen }) => !isUnseen);
    return seen.map(({ pid, startTicks, instanceId }) => ({ pid, startTicks, instanceId }));
  }

  async kill(
    { pid, startTicks }: { pid: number; startTicks: string },
    signal: NodeJS.Signals,
  ): Promise<void> {
    const bystander = this.#bystander(pid, startTicks);
    if (bystander !== undefined) bystander.killedAtMs = bystander.endedAtMs = Date.now();
    const found = this.#find(pid, startTicks);
    if (found === undefined || found.death !== null || found.isUnseen) return;
    if (signal === 'SIGKILL') return this.end(found, { code: null, signal });
    // Who is stopped takes no other signal before it is woken.
    if (found.life.state !== 'running') return;
    if (signal === 'SIGABRT') this.crash(found, signal, CORE_MS);
    else void this.#shutDown(found);
  }

  /** As the kernel told its parent; null where it runs, or is not known. */
  async endingOf(instanceId: string): Promise<EngineEnding | null> {
    const { lives, host } = this.#around;
    const last = lives.findLast((one) => one.host === host && one.instanceId === instanceId);
    if (last?.death === undefined || last.death === null) return null;
    const { code, signal } = last.death.exit;
    const how = signal === null ? `exited with status ${code}` : `was ended by ${signal}`;
    return { words: `${instanceId} ${how}`, failed: code !== EXIT.ok };
  }

  /** As its kernel has logged it; nothing where it is not over. */
  exitOf({ instance: { instanceId } }: Pick<CrashReport, 'instance'>) {
    const { lives, host } = this.#around;
    const died = lives.findLast((one) => one.host === host && one.instanceId === instanceId);
    return died?.death ? [{ exit: died.death.exit }] : [];
  }

  /** It bears a number that somebody has heard of as the engine's, and ends by itself after so long. */
  openBystander(lastsMs: number): BystanderProcess {
    const number = FIRST_BYSTANDER + this.bystanders.length;
    const startTicks = String(FIRST_TICKS);
    const opened = { pid: number, startTicks, endedAtMs: Date.now() + lastsMs, killedAtMs: null };
    this.bystanders.push(opened);
    return opened;
  }

  #bystander(pid: number, startTicks: string): BystanderProcess | undefined {
    const isIt = (one: BystanderProcess) => one.pid === pid && one.startTicks === startTicks;
    return this.bystanders.find((one) => isIt(one) && one.endedAtMs > Date.now());
  }

  #read(): void {
    if (this.isUnreadable) throw Object.assign(new Error('EACCES: /proc'), { code: 'EACCES' });
  }

  #find(pid: number, startTicks: string): EngineLife | undefined {
    const { lives, host } = this.#around;
    const isIt = (one: EngineLife) => one.pid === pid && one.startTicks === startTicks;
    return lives.find((one) => one.host === host && isIt(one));
  }
}

const FIRST_PID = 4_000;
const FIRST_BYSTANDER = 900;
const FIRST_TICKS = 100_000;
const CORE_MS = 200;
const WRITE_MS = 3;

export function instanceOf({ instanceId, pid, startTicks, epoch }: EngineLife) {
  return { instanceId, pid, startTicks, build: BUILD, epoch } satisfies CrashReport['instance'];
}

/** What is written when it dies is not there. */
function lasting(folder: CheckpointFolder, life: Life): CheckpointFolder {
  return {
    ...folder,
    async write(name, text) {
      await after(WRITE_MS);
      await life.passes();
      await folder.write(name, text);
    },
  };
}

async function after(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
