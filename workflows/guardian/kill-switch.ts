/**
 * The kill switch as the guardian keeps it: told by a person from anywhere, carried to the engine's host
 * and to the recovery that is open.
 *
 * Invariants: it is remembered before anything is asked of anybody; the recovery is told before the host
 * is, because it must grant nothing more; what the host did not do is said, and changes nothing of it;
 * a release starts nothing, and ends what the host was still asked to do: a stop that comes after it would
 * be of the next engine.
 */
import { CancellationScope, log, patched } from '@temporalio/workflow';
import { aftermath, killSwitchActivities } from '../calls.js';
import type { Notice } from '../contract/index.js';
import { markdownWords } from '../domain/content/markdown.js';
import { incidentIdOf } from '../ids.js';
import type * as messages from '../messages.js';
import { reasonOf } from '../recovery/reasons.js';
import type { Tell } from './telling.js';

type GuardianState = messages.GuardianState;
type Turn = NonNullable<GuardianState['killSwitchTurns']>[number];

const TURNS_KEPT = 20;

export interface Guarded {
  state: GuardianState;
  publish: () => void;
  tell: Tell;
  /** Tells the open recovery; gives its workflow id, null where there is none. */
  tellRecovery: (order: messages.KillSwitchOrder) => Promise<string | null>;
  /** What hosts are still asked to do; a release ends it. */
  asked: Set<CancellationScope>;
}

export async function engageSwitch(
  guarded: Guarded,
  { host: told, ...order }: messages.KillSwitchOrder & { host: string },
): Promise<messages.KillSwitchReceipt> {
  const { state, publish, tellRecovery, asked } = guarded;
  state.killSwitch = { ...order, atMs: Date.now() };
  note(state, { turned: 'engaged', ...order });
  publish();
  const recovery = await tellRecovery(order);
  const { engineId } = state;
  const host = homeOf(state, told);
  const at = killSwitchActivities(host);
  const ask = asking(asked);
  const latching = ask(() => at.turnKillSwitch({ engineId, turn: 'engage', ...wordsOf(order) }));
  const unlatched = await latching.then(() => null, reasonOf);
  const stopping = ask(() => at.stopByKillSwitch({ engineId }));
  const engine = await stopping.catch((error: unknown) => {
    log.warn('the host could not be asked to stop the engine', { why: reasonOf(error) });
    return null;
  });
  tell(guarded, 'engaged', { ...wordsOf(order), host, unlatched, engine: engine?.result ?? null });
  return { recovery, host, unlatched, engine, mayHaveAdopted: state.past.length > 0 };
}

/** One that is ended asks nothing more. In the replay of earlier versions nothing is ended. */
function asking(asked: Set<CancellationScope>) {
  if (!patched('release-ends-asking')) return <T>(act: () => Promise<T>) => act();
  const scope = new CancellationScope();
  asked.add(scope);
  return <T>(act: () => Promise<T>) => scope.run(act);
}

export async function releaseSwitch(
  guarded: Guarded,
  { host: told, ...why }: messages.Hold & { host: string },
): Promise<{ unlatched: string | null; wasEngaged: boolean }> {
  const { state, publish, asked } = guarded;
  const wasEngaged = state.killSwitch !== undefined;
  delete state.killSwitch;
  for (const scope of asked) scope.cancel();
  asked.clear();
  note(state, { turned: 'released', ...why });
  publish();
  const host = homeOf(state, told);
  const turning = killSwitchActivities(host).turnKillSwitch({
    engineId: state.engineId,
    turn: 'release',
    ...wordsOf(why),
  });
  const done = await turning.catch((error: unknown) => reasonOf(error));
  const unlatched = typeof done === 'string' ? done : null;
  tell(guarded, 'released', { ...wordsOf(why), host, unlatched, engine: null });
  const wasLatched = typeof done !== 'string' && done.wasEngaged;
  return { unlatched, wasEngaged: wasEngaged || wasLatched };
}

/** A file that was not changed at a fail-over must not turn the switch where the engine was. */
function homeOf({ moved }: GuardianState, told: string): string {
  return moved?.from === told ? moved.to : told;
}

const wordsOf = ({ reason, by }: { reason: string; by: string }) => ({ reason, by });

function note(state: GuardianState, { turned, reason, by }: Omit<Turn, 'atMs'>): void {
  const turn = { turned, reason, by, atMs: Date.now() };
  state.killSwitchTurns = [...(state.killSwitchTurns ?? []), turn].slice(-TURNS_KEPT);
}

interface Told {
  reason: string;
  by: string;
  host: string;
  unlatched: string | null;
  engine: string | null;
}

/** In the background: nobody at the switch waits for a channel. */
function tell({ state, tell: tellPeople }: Guarded, turned: Turn['turned'], told: Told): void {
  const { engineId } = state;
  const { reason, by, host, unlatched, engine } = told;
  const latch =
    unlatched === null ? '' : ` ${host} COULD NOT BE REACHED for its latch: ${unlatched}.`;
  const stopped = engine === null ? '' : ` The engine on ${host}: ${engine}.`;
  const notice: Notice = {
    incidentId: incidentIdOf(engineId, `kill-switch-${Date.now()}`),
    engineId,
    severity: turned === 'engaged' ? 'critical' : 'warning',
    title: markdownWords(`${engineId}: kill switch ${turned} by ${by}`),
    text: markdownWords(`Reason: ${reason}.${stopped}${latch}`),
    dedupKey: `kill-switch:${engineId}:${turned}:${Date.now()}`,
    state: turned === 'engaged' ? 'alarm' : 'news',
  };
  if (patched('tells-every-channel-of-the-switch')) {
    tellPeople(notice);
    return;
  }
  void aftermath.notify(notice).catch((error: unknown) => {
    log.warn('nobody could be told of the kill switch', { why: reasonOf(error) });
  });
}
