/**
 * `relight fence reset`: a person at the engine's host sets the epoch that the host remembers, after
 * a fault or an attack has left one that no recovery passes. No message can do this.
 *
 * Invariants: only root and the owner of the fence may, with an order that an approver has signed; who, why, from and to stand beside the fence
 * before the epoch changes, and in the log after it; what stands in the way of the new epoch is kept
 * under another name, never removed.
 */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FenceResetAnswer, FenceResetRequest } from '../../clients/cli/operations.js';
import { rulesFor } from '../../workflows/domain/gates/rules.js';
import {
  fenceOrderRefusal,
  SignedFenceOrder,
  type FenceOrder,
} from '../../workflows/domain/steering/fence-reset.js';
import { composeFence } from '../compose/fence.js';
import { composeCheckpoints } from '../compose/host.js';
import { engineOf } from '../config/engines.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';
import { createLogger } from '../processes/logger.js';
import { userName } from './user-name.js';

export function toResetFence(
  config: Config,
  { engineId, to, reason, by }: FenceResetRequest,
): FenceOrder {
  engineOf(config, engineId); // a wrong name must not reset anything
  const { host } = config;
  const when = { atMs: Date.now(), id: randomUUID() };
  return { version: 1, host, engineId, to, reason, by, ...when };
}

/** Fails with a ConfigError where the order, or whoever runs this, may not. */
export async function resetFence(
  config: Config,
  given: SignedFenceOrder,
): Promise<FenceResetAnswer> {
  const signed = wellFormed(given);
  const { order } = signed;
  const { engineId, to, reason } = order;
  const { policy } = engineOf(config, engineId);
  await refuseOthers(config);
  const fence = composeFence(config);
  const refusal = fenceOrderRefusal(signed, {
    host: config.host,
    approvers: config.approvers,
    roles: rulesFor('manual_recovery', policy.gates).roles,
    taken: (await fence.resets(engineId)).flatMap((one) => one.signed?.order.id ?? []),
    nowMs: Date.now(),
  });
  if (refusal !== null) throw new ConfigError(`fence reset: ${refusal}.`);
  const by = `${order.by}, as ${userName()}`;
  const { from } = await fence.reset(engineId, to, { reason, by, signed });
  // Of the epochs to come: they would be taken for written by a later recovery.
  const setAside = await composeCheckpoints(config).setAside(engineId, to);
  const answer = { engineId, from, to, setAside };
  createLogger('fence', config.log.level).warn({ ...answer, by, reason }, 'the fence was reset');
  return answer;
}

function wellFormed(given: SignedFenceOrder): SignedFenceOrder {
  const parsed = SignedFenceOrder.safeParse(given);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new ConfigError(`fence reset: ${first?.path.join('.') ?? ''}: ${first?.message ?? 'odd'}.`);
}

/** The folder's own mode would let its group through, were it widened. */
async function refuseOthers({ dataDir }: Config): Promise<void> {
  const uid = process.getuid?.() ?? 0;
  const owner = (await ownerOf(join(dataDir, 'fence'))) ?? (await ownerOf(dataDir)) ?? uid;
  if (uid === 0 || uid === owner) return;
  throw new ConfigError(
    `The fence in ${dataDir} belongs to uid ${owner}, and this is uid ${uid}: ` +
      'run this as its owner or as root, on the host of the engine.',
  );
}

async function ownerOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ uid }) => uid,
    () => null,
  );
}
