/**
 * Another agent that polls the task queue of this host: on this machine or, by a mistake in a name, on
 * another one. What is asked of the host would land on either.
 *
 * Invariants: one that has ended is none, however long the server remembers it; of two that both run,
 * both say so and the same one ends, the one that began later.
 */
import { randomBytes } from 'node:crypto';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { pollersOf, type Poller } from '../../../clients/temporal/pollers.js';

const LOOK_EVERY_MS = 5_000;
const PREFIX = 'relight-agent';

/** By which the server, and so everybody, knows this agent from all others. */
export function agentIdentity(of: { host: string; bootId: string | null }): string {
  const { host, bootId } = of;
  const nonce = randomBytes(6).toString('hex');
  return [PREFIX, host, bootId ?? 'unknown-boot', process.pid, Date.now(), nonce].join('/');
}

/** Those that have polled since we first did. `firstMs`: of ours. */
export function secondOf(
  pollers: readonly Poller[],
  own: { identity: string; firstMs: number },
): Poller[] {
  return pollers.filter(({ identity, atMs }) => identity !== own.identity && atMs > own.firstMs);
}

/** Whether it is ours to end; one that is no agent of this version cannot be argued with. */
export function isLater(own: string, other: string): boolean {
  const [mine, its] = [beganOf(own), beganOf(other)];
  if (mine === null || its === null) return false;
  return mine.atMs === its.atMs ? mine.nonce > its.nonce : mine.atMs > its.atMs;
}

function beganOf(identity: string): { atMs: number; nonce: string } | null {
  const [prefix, , , , at, nonce] = identity.split('/');
  return prefix === PREFIX && nonce !== undefined && /^\d{1,16}$/.test(at ?? '')
    ? { atMs: Number(at), nonce }
    : null;
}

interface Queue {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  identity: string;
  logger: Logger;
}

/** Looks until it is stopped; `onRefused` is called once, with a sentence, where this agent must end. */
export function watchForSecond(
  queue: Queue,
  onRefused: (why: string) => void,
): { stop: () => void } {
  const { identity, taskQueue, logger } = queue;
  let firstMs: number | null = null;
  let told = '';
  async function look(): Promise<void> {
    const pollers = await pollersOf(queue, taskQueue, 'activity');
    firstMs ??= pollers.find((each) => each.identity === identity)?.atMs ?? null;
    if (firstMs === null) return;
    const others = secondOf(pollers, { identity, firstMs }).map((each) => each.identity);
    const names = others.join(', ');
    if (others.length === 0 || names === told) return;
    told = names;
    logger.error({ taskQueue, own: identity, others }, 'TWO AGENTS OF ONE HOST: stop one of them');
    if (!others.some((other) => isLater(identity, other))) return;
    clearInterval(timer);
    onRefused(
      `Another agent polls ${taskQueue} (${names}): what is asked of this host would land on either. ` +
        'Stop it, or give this machine a host name of its own in the configuration (host).',
    );
  }
  const timer = setInterval(() => {
    void look().catch(() => undefined); // a server that is away has no pollers either
  }, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
