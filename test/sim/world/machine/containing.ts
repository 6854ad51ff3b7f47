/**
 * The agent contains a crash itself, before it reports it: by the product's own procedure and the rules that the
 * guardian handed down. What the product composes from its configuration around that, a guard and a memory, is done
 * here anew and smaller.
 *
 * Invariants: no rules, no act; nothing is done while the process lives, or another of the engine; once a death.
 */
import { containAtDeath } from '../../../../activities/procedures/contain-at-death.js';
import { createFence } from '../../../../clients/host/fence.js';
import { askContainment } from '../../../../clients/temporal/containment.js';
import type { signedClient } from '../../../../clients/temporal/connect.js';
import type { Contained } from '../../../../workflows/domain/crash/contained.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import type { ContainmentRules } from '../../../../workflows/domain/policy/handed-down.js';
import { containmentOf } from '../../../../workflows/domain/policy/policy.js';
import { failure } from '../../../../workflows/failure.js';
import { accountsOf, type Around } from '../around.js';
import { ENGINE_ID } from '../engine/processes.js';
import type { Life } from '../life.js';
import type { Host } from './host.js';

const WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 50;
const LEARN_EVERY_MS = 600_000;
const LEARN_AGAIN_MS = 5_000;

export interface Containing {
  /** The report with what was done; as it came where there is nothing to tell. */
  withContained(report: CrashReport): Promise<CrashReport>;
}

interface Own {
  life: Life;
  client: ReturnType<typeof signedClient>;
}

export function startContaining(around: Around, host: Host, { life, client }: Own): Containing {
  if (host.engines.length > 0) void learn(host, { life, client });
  const running = new Map<string, Promise<Contained | null>>();
  return {
    async withContained(report) {
      const rules = host.isUntold ? null : host.handedDown;
      if (rules === null || report.instance.pid === null) return report;
      const key = report.instance.instanceId;
      const before = host.contained.get(key) ?? running.get(key);
      const acting = before ?? contain(around, host, { life, report, rules });
      if (before === undefined) running.set(key, Promise.resolve(acting));
      const done = await acting;
      running.delete(key);
      if (done === null) return report;
      host.contained.set(key, done);
      return { ...report, contained: done };
    },
  };
}

async function learn(host: Host, { life, client }: Own): Promise<void> {
  while (!life.isDead) {
    const asked = { engineId: ENGINE_ID, host: host.name };
    const rules = await askContainment(client, asked).catch(() => null);
    await life.passes();
    if (rules !== null) host.handedDown = rules;
    await sleep(rules === null ? LEARN_AGAIN_MS : LEARN_EVERY_MS);
  }
}

interface AtDeath {
  life: Life;
  report: CrashReport;
  rules: ContainmentRules;
}

/** Null where nothing is to be done, or it is not known whether it may be. */
async function contain(
  around: Around,
  host: Host,
  { life, report, rules }: AtDeath,
): Promise<Contained | null> {
  const clock = around.clocks.begin(host.name);
  const accounts = accountsOf(around, { from: 'agent', life, clock }).filter(
    ({ venue }) => containmentOf(rules, venue) === 'cancel_own_orders',
  );
  if (accounts.length === 0 || !(await isGone(host))) return null;
  const signal = AbortSignal.timeout(WITHIN_MS);
  const pace = { beat: () => undefined, sleep, signal, lease: guardOf(host, { report, signal }) };
  const memory = { listed: () => null, list: async () => undefined };
  const means = { prefix: 'rl-', rules, memory, pace } as const;
  const venues = await Promise.all(accounts.map((account) => containAtDeath(account, means)));
  const { containment: action, rulesDigest } = rules;
  return { action, atMs: Date.now(), venues, rulesDigest };
}

async function isGone({ processes }: Host): Promise<boolean> {
  const deadlineMs = Date.now() + WITHIN_MS;
  while (processes.living.length > 0) {
    if (Date.now() > deadlineMs) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}

function guardOf(
  { files }: Host,
  { report, signal }: { report: CrashReport; signal: AbortSignal },
) {
  const fence = createFence('/data/fence', files);
  const endsAtMs = Date.now() + WITHIN_MS;
  return {
    async beforeWrite() {
      signal.throwIfAborted();
      const epoch = await fence.epoch(report.engineId);
      if (epoch > report.instance.epoch) throw failure('StaleEpoch', `epoch ${epoch} has begun`);
    },
    leftMs: () => (signal.aborted ? 0 : Math.max(0, endsAtMs - Date.now())),
  };
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
