/**
 * What the kill switch tells the control plane, which brings it to the engine's own host, ends the
 * recovery that is open, and lets it grant nothing more.
 *
 * Invariants: it is waited for no longer than somebody at the switch can be left waiting; what was not
 * told is said, and one that was told and has no word from the host is not called untold; where this is seen to
 * be the engine's host, its own latch holds without Temporal.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { ShutdownStep } from '../../../clients/cli/answers/shutdown.js';
import type { engageKillSwitch as Engage } from '../../../clients/temporal/recoveries.js';
import { engineOf, hostOf } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';
import { userName } from '../user-name.js';
import { whyOf } from '../why.js';

/** Elsewhere it is the only way to the engine's host; here its latch holds already. */
const WITHIN_MS = { here: 15_000, elsewhere: 45_000 };
const LOOK_WITHIN_MS = 5_000;

type KillSwitchReceipt = Awaited<ReturnType<typeof Engage>>;

export interface GuardianTold {
  step: ShutdownStep;
  /** Null where the guardian was not told. */
  receipt: KillSwitchReceipt | null;
}

export interface Telling {
  engineId: string;
  reason: string;
  keepOrders: boolean;
  client: () => Promise<Client>;
}

export async function tellGuardian(
  config: Config,
  telling: Telling & { isHere: boolean },
): Promise<GuardianTold> {
  const { engineId, isHere, client } = telling;
  const host = hostOf(config, engineOf(config, engineId));
  const about = { by: userName(), host };
  try {
    const receipt = await inTime((signal) => engage(telling, about, signal), isHere);
    // Where people have signed that it has moved, the latch of this host holds nothing of it.
    return { step: stepOf(receipt, isHere && receipt.host === host), receipt };
  } catch (error) {
    const isTold = await knows(client, engineId, { reason: telling.reason, by: about.by });
    const silence = { why: whyOf(error), isSent: error instanceof NotInTime, host, isHere };
    const step = isTold ? unanswered(silence) : untold(silence);
    return { step, receipt: null };
  }
}

interface Silence {
  why: string;
  /** The server may have the order, and hand it on to a worker that comes back. */
  isSent: boolean;
  host: string;
  isHere: boolean;
}

const MAY_LIVE = 'THE ENGINE MAY LIVE, and may be started again: run this on';

function untold({ why, isSent, host, isHere }: Silence): ShutdownStep {
  const said = isSent ? 'NOT KNOWN TO BE TOLD' : 'NOT TOLD';
  const result = isHere
    ? `${said.toLowerCase()} (${why}): the latch of this host holds without it; an open recovery stays open, and is refused here`
    : `${said} (${why}): ${MAY_LIVE} ${host}`;
  return { result, failed: !isHere };
}

function unanswered({ why, host, isHere }: Silence): ShutdownStep {
  const said = `told, and holds every recovery; no word from the agent of ${host} (${why})`;
  const result = isHere ? `${said}: the latch of this host holds` : `${said}: ${MAY_LIVE} ${host}`;
  return { result, failed: !isHere };
}

async function engage(
  { engineId, reason, keepOrders, client }: Telling,
  { by, host }: { by: string; host: string },
  signal: AbortSignal,
) {
  const connected = await client();
  const { engageKillSwitch } = await import('../../../clients/temporal/recoveries.js');
  return connected.withAbortSignal(signal, () =>
    engageKillSwitch(connected, engineId, { reason, by, keepOrders, host }),
  );
}

/** Whether it has this very order, though its answer has not come. */
async function knows(
  client: Telling['client'],
  engineId: string,
  { reason, by }: { reason: string; by: string },
): Promise<boolean> {
  try {
    const ask = async (signal: AbortSignal) => {
      const connected = await client();
      const { guardianStatusOf } = await import('../../../clients/temporal/recoveries.js');
      return connected.withAbortSignal(signal, () => guardianStatusOf(connected, engineId));
    };
    const told = (await within(ask, LOOK_WITHIN_MS))?.killSwitch;
    return told?.reason === reason && told.by === by;
  } catch {
    return false;
  }
}

/** Its name is what is said of it. */
class NotInTime extends Error {
  override name = 'no answer in time';
}

type Asking<T> = (signal: AbortSignal) => Promise<T>;

async function inTime<T>(act: Asking<T>, isHere: boolean): Promise<T> {
  return within(act, isHere ? WITHIN_MS.here : WITHIN_MS.elsewhere);
}

/** What is given up is ended, so that it does not come to pass after the command has said otherwise. */
async function within<T>(act: Asking<T>, ms: number): Promise<T> {
  const call = new AbortController();
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw new NotInTime();
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([act(call.signal), late]);
  } finally {
    timer.abort();
    call.abort();
  }
}

function stepOf(receipt: KillSwitchReceipt, isHere: boolean): ShutdownStep {
  const { recovery, host, unlatched, engine } = receipt;
  const ended = recovery === null ? 'no recovery was open' : `the recovery ${recovery} is ended`;
  if (unlatched !== null) {
    const here = 'the latch of this host holds without it';
    const far = `THE ENGINE MAY LIVE, and may be started again: run this on ${host}`;
    const result = `told; ${ended}; the agent of ${host} did not latch (${unlatched}): ${isHere ? here : far}`;
    return { result, failed: !isHere };
  }
  const said =
    engine === null
      ? `the engine could not be stopped there: THE ENGINE MAY LIVE: run this on ${host}`
      : `the engine there: ${engine.result}`;
  const failed = !isHere && engine?.failed !== false;
  return { result: `told; ${ended}; latched on ${host}; ${said}`, failed };
}

/** Words for the person at the command line. */
export async function tellOfRelease(
  config: Config,
  { engineId, reason, client }: Omit<Telling, 'keepOrders'>,
  isHere: boolean,
): Promise<ShutdownStep & { wasEngaged: boolean }> {
  const host = hostOf(config, engineOf(config, engineId));
  try {
    const connected = await client();
    const { releaseKillSwitch } = await import('../../../clients/temporal/recoveries.js');
    const released = await inTime(
      (signal) =>
        connected.withAbortSignal(signal, () =>
          releaseKillSwitch(connected, engineId, { reason, by: userName(), host }),
        ),
      isHere,
    );
    const { unlatched, wasEngaged } = released;
    if (unlatched === null) return { result: `released on ${host}`, failed: false, wasEngaged };
    const result = `the agent of ${host} did not release it (${unlatched}): run this on ${host}`;
    return { result, failed: !isHere, wasEngaged };
  } catch (error) {
    const result = `the guardian was not told (${whyOf(error)}): it goes on holding crashes of ${engineId}; repeat this when Temporal answers`;
    return { result, failed: true, wasEngaged: false };
  }
}
