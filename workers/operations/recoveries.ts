/** What the guardians and recoveries of a configuration say, asked at Temporal. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type {
  DecisionAnswer,
  EngineStatus,
  FailOverRequest,
  InstructionAnswer,
  InstructionRequest,
  OpenGate,
} from '../../clients/cli/operations.js';
import { unseenSinceMs } from '../../clients/detector/unseen.js';
import { unseenWords } from '../../workflows/domain/crash/unseen.js';
import type { EngagedSwitch } from '../../clients/cli/answers/status.js';
import { lookAtGuardian } from '../../clients/temporal/guardians.js';
import {
  guardianStatusOf,
  openGateOf,
  recordOf,
  sendDecision,
  sendInstruction,
  whyUnasked,
} from '../../clients/temporal/recoveries.js';
import { isOverdue } from '../../workflows/domain/checkpoints/shadows/pace.js';
import { counted } from '../../workflows/domain/content/counted.js';
import { MINUTE_MS } from '../../workflows/domain/numbers/durations.js';
import type { Decision } from '../../workflows/domain/gates/decision.js';
import type { Instruction, Told } from '../../workflows/domain/steering/instruction.js';
import { isAboutIncident } from '../../workflows/domain/steering/table.js';
import type { GuardianStatus } from '../../workflows/messages.js';
import { partsOfGate, partsOfIncident, recoveryWorkflowId } from '../../workflows/ids.js';
import { composeShadows } from '../compose/artifacts.js';
import { composeFence } from '../compose/fence.js';
import { lostWithoutTemporal } from '../config/containment.js';
import { shadowsOf } from '../config/engine/checkpoints.js';
import { engineOf } from '../config/engines.js';
import { ConfigError } from '../config/error.js';
import { standingNow } from './standing/now.js';
import { versionOf, whyNotRun } from './versions.js';
import { whyOf } from './why.js';
import type { Config } from '../config/schema.js';

/** What cannot be asked of one workflow is told, and keeps nothing else from being shown. */
export async function statusOf(
  config: Config,
  client: Client,
  engineId: string,
): Promise<EngineStatus> {
  const lost = lostWithoutTemporal(engineId, engineOf(config, engineId));
  const unlatched: string[] = [];
  const [latch, version, unseenMs, shadows] = await Promise.all([
    latchOf(config, engineId, (why) => unlatched.push(why)),
    versionOf(client, engineId),
    // What cannot be read says nothing: the agent tells people itself.
    unseenSinceMs({ stateFolder: config.dataDir, engineId }).catch(() => null),
    shadowsNow(config, engineId),
  ]);
  const { why: noShadow, newestAtMs: shadowAtMs } = shadows;
  const known = {
    engineId,
    killSwitch: { engaged: latch.engaged, reason: latch.reason },
    ...(version !== null && { version }),
    ...(lost !== null && { withoutTemporal: lost }),
    ...(noShadow !== null && { noShadow }),
    ...(unseenMs !== null && { notWatched: unseenWords(unseenMs) }),
  };
  const notRun = whyNotRun(version);
  // Each question would be waited for until the server gives up.
  const told =
    notRun === null
      ? await toldBy(client, engineId)
      : { guardian: null, recovery: null, gate: null, unread: [`its guardian: ${notRun}`] };
  const killSwitches = [...ofMachine(config.host, latch), ...ofGuardian(told.guardian)];
  const status = { ...known, killSwitches, ...told, unread: [...unlatched, ...told.unread] };
  return { ...status, standing: await standingNow(config, client, { ...status, shadowAtMs }) };
}

const LOOK =
  'none is written while the engine does not live or is being recovered; else the log of the worker says why';

/** `why` there are none: null where they are written, and where none are to be. Never fails. */
export async function shadowsNow(
  config: Config,
  engineId: string,
): Promise<{ why: string | null; newestAtMs: number | null }> {
  const settings = shadowsOf(engineOf(config, engineId));
  if (settings === null) return { why: null, newestAtMs: null };
  try {
    const [newest] = await composeShadows(config).list(engineId);
    if (newest === undefined) return { why: `there is none yet: ${LOOK}`, newestAtMs: null };
    const newestAtMs = newest.takenAtMs;
    const nowMs = Date.now();
    if (!isOverdue(newest, { everyMs: settings.everyMs, nowMs })) return { why: null, newestAtMs };
    const minutes = Math.ceil((nowMs - newestAtMs) / MINUTE_MS);
    return { why: `none for ${counted(minutes, 'minute')}: ${LOOK}`, newestAtMs };
  } catch (error) {
    return { why: `they could not be looked for (${whyOf(error)})`, newestAtMs: null };
  }
}

type Latch = Awaited<ReturnType<ReturnType<typeof composeFence>['killSwitch']>>;

function ofMachine(host: string, { engaged, reason, turned }: Latch): EngagedSwitch[] {
  if (!engaged) return [];
  const where = { where: 'machine', host } as const;
  if (!turned) return [{ ...where, reason, by: null, at: null }];
  return [{ ...where, reason: turned.reason, by: turned.by, at: turned.engagedAt }];
}

function ofGuardian(guardian: GuardianStatus | null): EngagedSwitch[] {
  if (guardian?.killSwitch === undefined) return [];
  const { reason, by, atMs } = guardian.killSwitch;
  return [{ where: 'guardian', host: null, reason, by, at: new Date(atMs).toISOString() }];
}

/** A latch that cannot be read hides nothing else. */
async function latchOf(
  config: Config,
  engineId: string,
  onUnread: (why: string) => void,
): Promise<Latch> {
  return composeFence(config)
    .killSwitch(engineId)
    .catch((error: NodeJS.ErrnoException) => {
      onUnread(`the kill switch on this machine: ${error.code ?? error.message}`);
      return { engaged: false, reason: '' };
    });
}

async function toldBy(
  client: Client,
  engineId: string,
): Promise<Pick<EngineStatus, 'guardian' | 'recovery' | 'gate' | 'unread'>> {
  const unread: string[] = [];
  const ask = asking((why) => unread.push(why));
  const guardian = await ask('its guardian', guardianOf(client, engineId));
  const open = guardian?.openIncident ?? null;
  const workflowId = (open ?? guardian?.past.at(-1))?.workflowId;
  const about = <T>(what: string, query: (client: Client, workflowId: string) => Promise<T>) =>
    workflowId === undefined ? null : ask(`${what} of ${workflowId}`, query(client, workflowId));
  const [recovery, gate] = await Promise.all([
    about('the record', recordOf),
    about('the question', openGateOf),
  ]);
  if (open !== null && recovery === null && unread.length === 0) {
    unread.push(`the recovery ${open.workflowId}: Temporal does not know it`);
  }
  return { guardian, recovery, gate, unread };
}

/** Null where there is none. Fails where a stranger has its id: that would be asked in vain, as no worker is there for it. */
export async function guardianOf(client: Client, engineId: string): Promise<GuardianStatus | null> {
  const look = await lookAtGuardian(client, engineId);
  if (look.kind === 'stranger') throw new Error(look.why);
  return guardianStatusOf(client, engineId);
}

/** Null where it could not be asked; a server that is gone is a failure of the whole. */
function asking(onUnread: (why: string) => void) {
  return async <T>(what: string, query: Promise<T>): Promise<T | null> => {
    try {
      return await query;
    } catch (error) {
      const why = whyUnasked(error);
      if (why === null) throw error;
      onUnread(`${what}: ${why}`);
      return null;
    }
  };
}

export async function openGates(
  config: Config,
  client: Client,
  onUnread: (why: string) => void,
): Promise<OpenGate[]> {
  const gates = await Promise.all(
    Object.keys(config.engines).map(async (engineId) => {
      const ask = asking((why) => onUnread(`${engineId}: ${why}`));
      const notRun = whyNotRun(await versionOf(client, engineId));
      if (notRun !== null) {
        onUnread(`${engineId}: its guardian: ${notRun}`);
        return [];
      }
      const guardian = await ask('its guardian', guardianOf(client, engineId));
      const workflowId = guardian?.openIncident?.workflowId;
      if (workflowId === undefined) return [];
      const gate = await ask(`the question of ${workflowId}`, openGateOf(client, workflowId));
      return gate === null ? [] : [{ engineId, workflowId, gate }];
    }),
  );
  return gates.flat();
}

export async function decide(client: Client, decision: Decision): Promise<DecisionAnswer> {
  const gate = partsOfGate(decision.gateId);
  if (gate === null) return { accepted: false, reason: `"${decision.gateId}" is no gate` };
  const workflowId = recoveryWorkflowId(gate.incidentId);
  const outcome = await sendDecision(client, workflowId, decision);
  return outcome.accepted ? { accepted: true, status: outcome.receipt.status } : outcome;
}

/** About an engine of the configuration; an incident names its own. `leftOut`: also one whose settings are not valid. */
export function toInstruct(
  config: Config,
  { command, target, reason, by }: InstructionRequest,
  leftOut: readonly string[] = [],
): Told {
  const incidentId = isAboutIncident(command) ? target : null;
  const engineId = incidentId === null ? target : partsOfIncident(incidentId)?.engineId;
  if (engineId === undefined) {
    throw new ConfigError(
      `"${target}" is no incident: relight status names them (engine/instance)`,
    );
  }
  if (!leftOut.includes(engineId)) engineOf(config, engineId);
  return { ...signedNow(config), engineId, command, incidentId, reason, by };
}

/** What every instruction has of its moment. */
export function signedNow({ temporal: { namespace } }: Config) {
  return { version: 1, namespace, atMs: Date.now(), id: randomUUID() } as const;
}

/** Signed for the engine as it is now: whatever happens to it before that is heard makes it void. */
export async function toFailOver(
  config: Config,
  client: Client,
  { engineId, to, from, machineOff, reason, by }: FailOverRequest,
): Promise<Told> {
  const guardian = await guardianOf(client, engineId);
  const leaves = from ?? guardian?.host;
  if (leaves === undefined) {
    throw new ConfigError(
      `Where ${engineId} lives is not known: it never died under a guardian. Name it: --from HOST`,
    );
  }
  const move = { from: leaves, to, epoch: guardian?.epoch ?? 0, machineOff };
  const command = 'failover' as const;
  return { ...signedNow(config), engineId, command, incidentId: null, move, reason, by };
}

export async function instruct(
  client: Client,
  instruction: Instruction,
): Promise<InstructionAnswer> {
  const outcome = await sendInstruction(client, instruction);
  return outcome.accepted ? { accepted: true, ...outcome.receipt } : outcome;
}
