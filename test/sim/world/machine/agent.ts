/**
 * The agent of one host: the detector and the host's worker, in one process as `relight agent` has them.
 *
 * Invariants: a death is told to people and to the guardian by the product's own ways, and spooled until it is taken;
 * a death that nobody was there to see is found by the next agent, by what is noted on disk.
 */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { createHostActivities } from '../../../../activities/index.js';
import {
  createCrashes,
  type Crashes,
  type SightingOf,
} from '../../../../clients/detector/crashes.js';
import { createDelivery } from '../../../../clients/detector/delivery.js';
import { createSpool } from '../../../../clients/detector/spool.js';
import { createFence } from '../../../../clients/host/fence.js';
import { createOrderedStops } from '../../../../clients/host/ordered-stops.js';
import { toldPlace } from '../../../../clients/host/place.js';
import { isAway, signedClient } from '../../../../clients/temporal/connect.js';
import { ensureGuardian, reportCrash } from '../../../../clients/temporal/recoveries.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { crashNotice, type SwitchReading } from '../../../../workflows/domain/crash/telling.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';
import {
  crashUpdateIdAgain,
  guardianWorkflowId,
  hostTaskQueue,
  incidentIdOf,
} from '../../../../workflows/ids.js';
import { reportCrash as reportCrashUpdate } from '../../../../workflows/messages.js';
import { serve } from '../../worker/worker.js';
import { lineTo, served, withPoints, type Around } from '../around.js';
import { ENGINE_ID, instanceOf, type EngineLife } from '../engine/processes.js';
import { tellPeople } from '../facts.js';
import { inLife, Life } from '../life.js';
import { processOf, type SimulatedProcess } from '../process.js';
import { workerOptions } from '../worker-options.js';
import { startContaining } from './containing.js';
import { hostPorts, STOPS } from './host-ports.js';
import type { Host } from './host.js';

const SILENT = pino({ enabled: false });
const LIMITS = RecoveryPolicy.parse({}).crashLoop;
/** The alarm of a heartbeat that does not come. */
const HEARTBEAT_ALARM_MS = 10_000;
const KEEP_EVERY_MS = 60_000;

export interface Agent extends SimulatedProcess {
  /** It hangs: it is told when no beat of it has come for so long. */
  missesBeats(life: EngineLife): void;
  /** Something is seen of an engine, true or not, and told as a death of it. */
  sees(sighting: SightingOf): void;
  /** Whether a death is on its way to the guardian. */
  isTelling(): boolean;
  /** One that was taken is told once more, as itself or as from a probe that knows of no other. */
  reportAgain(report: CrashReport, how: 'same' | 'anew'): Promise<void>;
}

export function startAgent(around: Around, host: Host): Agent {
  const life = new Life();
  const { server, keys } = around;
  const { side, common } = lineTo(around, keys.of('host', host.name), `agent ${host.name}`);
  const clock = around.clocks.begin(host.name);
  const ports = hostPorts(around, host, { life, clock });
  const { activities, ...heard } = served(around, {
    name: host.name,
    life,
    activities: withPoints(createHostActivities(ports), { life, clock, points: around.points }),
  });
  const options = workerOptions({ ...common, taskQueue: hostTaskQueue(host.name), activities });
  const worker = serve(server, { options, creator: undefined, ...heard });
  const client = signedClient(common.messages, common);
  const crashes = openCrashes(around, host, { life, client });
  watch(around, host, { life, crashes });
  if (host.engines.length > 0) void keepGuardian(client, life);
  return {
    ...processOf({ life, side, worker }),
    missesBeats: (engine) => tellHung(crashes, host, { life, engine }),
    sees: (sighting) => begin(crashes, host, sighting),
    isTelling: () => crashes.untold() !== null,
    reportAgain: async (report, how) => {
      if (how === 'same') await reportCrash(client, { report });
      else await reportAnew(client, report);
    },
  };
}

type Client = ReturnType<typeof signedClient>;

async function reportAnew(client: Client, report: CrashReport): Promise<void> {
  const updateId = crashUpdateIdAgain(report, randomUUID());
  const guardian = client.workflow.getHandle(guardianWorkflowId(ENGINE_ID));
  await guardian.executeUpdate(reportCrashUpdate, { args: [{ report }], updateId });
}

function openCrashes(
  around: Around,
  host: Host,
  { life, client }: { life: Life; client: Client },
): Crashes {
  const { points, facts } = around;
  const { name, files } = host;
  const own = <T extends object>(of: string, port: T): T => inLife(port, of, { life, points });
  const containing = startContaining(around, host, { life, client });
  const deliver = async (seen: CrashReport) => {
    await life.passes();
    const report = await containing.withContained(seen);
    const receipt = await reportCrash(client, { report });
    await life.passes();
    facts.reports.push({ atMs: Date.now(), report, receipt });
    return receipt;
  };
  const delivery = createDelivery(
    own('spool', createSpool('/data/spool', files)),
    { deliver, isAway },
    SILENT,
  );
  const fence = createFence('/data/fence', files);
  const tell = async (report: CrashReport, killSwitch: SwitchReading) => {
    await life.passes();
    const incidentId = incidentIdOf(report.engineId, report.instance.instanceId);
    const told = { incidentId, count: null, limits: LIMITS, killSwitch };
    const notice = { ...crashNotice(report, told), atMs: report.detectedAtMs };
    tellPeople(facts, `agent ${name}`, notice);
  };
  void delivery.resume();
  life.onDeath(() => delivery.stop());
  return createCrashes(
    { engineId: ENGINE_ID },
    {
      delivery,
      tell,
      killSwitchEngaged: async (engineId) => (await fence.killSwitch(engineId)).engaged,
      stopOrdered: createOrderedStops(STOPS, files).isOrdered,
      logger: SILENT,
    },
  );
}

interface Seeing {
  life: Life;
  crashes: Crashes;
}

function watch(around: Around, host: Host, { life, crashes }: Seeing): void {
  const random = around.random(`detector ${host.name} ${host.processes.living.length}`);
  const seen = async (act: () => void) => {
    await new Promise((resolve) => setTimeout(resolve, random.between(1, 60)));
    await life.passes();
    act();
  };
  host.processes.watcher = {
    hello: (engine) => {
      host.watched = { instance: instanceOf(engine), ended: 'no', place: host.place };
    },
    dumping: (engine) => void seen(() => begin(crashes, host, dumping(engine))),
    ended: (engine) => void seen(() => sawEnd(crashes, host, engine)),
  };
  const last = host.watched;
  const left = around.facts.lives.find(
    (one) => one.host === host.name && one.instanceId === last?.instance.instanceId,
  );
  if (last?.ended !== 'no' || left === undefined) return;
  if (left.death !== null) void seen(() => sawEnd(crashes, host, left));
}

function sawEnd(crashes: Crashes, host: Host, engine: EngineLife): void {
  const exit = engine.death?.exit ?? null;
  const { watched } = host;
  if (watched?.instance.instanceId !== engine.instanceId) return;
  if (exit?.code === 0) {
    host.watched = { ...watched, ended: 'goodbye' };
    return;
  }
  const how = exit?.signal ?? `status ${exit?.code ?? 'unknown'}`;
  const detail = `pid ${engine.pid} has ended (${how})`;
  const sighting = { suspicion: 'dead', probe: 'pidfd', detail, ...(exit && { exit }) } as const;
  begin(crashes, host, { instance: instanceOf(engine), ...sighting });
}

function dumping(engine: EngineLife): SightingOf {
  const detail = `pid ${engine.pid} writes its core`;
  return { instance: instanceOf(engine), suspicion: 'dumping_core', probe: 'procfs', detail };
}

/** One death is one crash, whatever is seen of it besides. */
function begin(crashes: Crashes, host: Host, sighting: SightingOf): void {
  const { watched } = host;
  const place = watched?.place ?? host.place;
  const isKnown = watched?.ended === 'reported';
  if (isKnown && watched.instance.instanceId === sighting.instance.instanceId) {
    return crashes.add(sighting);
  }
  host.watched = { instance: sighting.instance, ended: 'no', place };
  const safe = () => {
    if (host.watched?.instance.instanceId !== sighting.instance.instanceId) return;
    host.watched = { ...host.watched, ended: 'reported' };
  };
  crashes.begin(sighting, toldPlace(place), safe);
}

function tellHung(
  crashes: Crashes,
  host: Host,
  { life, engine }: { life: Life; engine: EngineLife },
): void {
  setTimeout(() => {
    if (life.state !== 'running' || engine.death !== null) return;
    if (engine.life.state !== 'stopped') return;
    const detail = `no beat for ${HEARTBEAT_ALARM_MS} ms`;
    const sighting = { suspicion: 'hung', probe: 'heartbeat_file', detail } as const;
    begin(crashes, host, { instance: instanceOf(engine), ...sighting });
  }, HEARTBEAT_ALARM_MS);
}

/** So that the first report meets one that is warm. */
async function keepGuardian(client: Client, life: Life): Promise<void> {
  while (!life.isDead) {
    await ensureGuardian(client, ENGINE_ID).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, KEEP_EVERY_MS));
    await life.passes();
  }
}
