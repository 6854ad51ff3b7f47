/**
 * Step 6, of an engine that boots from no file: each difference from the recovered state is told to it, by
 * the ways that it offers; what cannot be told so is listed for people.
 *
 * Invariants: what it holds is read before anything is told, so that what an attempt before this one has told
 * is not told again; an entry has one key, by its content; a refusal is a line for people, and an answer that
 * did not come is none: the next attempt looks first.
 */
import type {
  Imported,
  ImportInput,
  InstanceInput,
  WriteStamp,
} from '../../../workflows/contract/index.js';
import { listingKey } from '../../../workflows/domain/books/keys.js';
import type { EngineState, Order } from '../../../workflows/domain/books/state.js';
import { digestOf } from '../../../workflows/domain/content/canonical.js';
import { shortened } from '../../../workflows/domain/content/shortened.js';
import {
  orderWords,
  otherWords,
  positionWords,
  SHOWN_ENTRIES,
} from '../../../workflows/domain/reconciliation/entering/by-hand.js';
import {
  entriesFor,
  type Entries,
  type PositionEntry,
  type Told,
} from '../../../workflows/domain/reconciliation/entering/entries.js';
import { withLatch } from '../../../workflows/domain/reconciliation/risk-state.js';
import { isFailure } from '../../errors.js';
import type { EngineControl, HostPorts, Lease } from '../../ports.js';
import { offered } from '../../procedures/capabilities.js';
import { alsoIf } from '../../procedures/lease.js';
import { hostLease, refuseWhileKillSwitch } from '../start.js';

const REASON = 'reconciliation after crash';

export function createImportActivities(ports: HostPorts) {
  return {
    importState: (input: ImportInput): Promise<Imported> => importState(ports, input),

    /** Reading again what is, twice, is reading it once. */
    async syncEngine(input: InstanceInput): Promise<void> {
      const { engineId, epoch, idempotencyKey } = input;
      await refuseWhileKillSwitch(ports, engineId);
      const sync = offered(ports.control(engineId), 'sync');
      await hostLease(ports, input).beforeWrite();
      await sync({ epoch, idempotencyKey });
    },
  };
}

async function importState(ports: HostPorts, input: ImportInput): Promise<Imported> {
  const { engineId, state } = input;
  await refuseWhileKillSwitch(ports, engineId);
  const control = ports.control(engineId);
  const expected = withLatch(await ports.artifacts.get('engine-state', state));
  const entering: Entering = { control, input, lease: unlessStopped(ports, input) };
  const told = await toldBy(control, input);
  const { positions, orders, others } = leftOf(entriesFor(told, expected), told, input);
  const set = await setPositions(entering, positions, expected);
  const entered = await importOrders(entering, orders);
  const lines = [...set.left, ...entered.left, ...others.map(otherWords)];
  return {
    positions: set.done,
    orders: entered.done,
    known: entered.known,
    byHand: lines.length,
    shown: shortened(lines, SHOWN_ENTRIES),
    list: await ports.artifacts.put('by-hand', lines),
  };
}

/** The switch may be turned between two of many entries. */
function unlessStopped(ports: HostPorts, input: ImportInput): Lease {
  return alsoIf(hostLease(ports, input), async () => refuseWhileKillSwitch(ports, input.engineId));
}

interface Entering {
  control: EngineControl;
  input: ImportInput;
  lease: Lease;
}

interface Outcome {
  done: number;
  known: number;
  /** For people. */
  left: string[];
}

const NOTHING: Outcome = { done: 0, known: 0, left: [] };

/** Before its start it may not be able to tell: then all is told to it. */
async function toldBy(control: EngineControl, { running }: ImportInput): Promise<Told> {
  try {
    if (control.positions !== undefined) {
      return { kind: 'positions', positions: await control.positions() };
    }
    if (control.state === undefined) return { kind: 'nothing' };
    return { kind: 'state', state: (await control.state()).state };
  } catch (error) {
    if (!running && isFailure(error, 'EngineUnreachable')) return { kind: 'nothing' };
    throw error;
  }
}

/** What it does not tell, people have said is there: only what it tells can be looked at again. */
function leftOf(entries: Entries, told: Told, { confirmed }: ImportInput): Entries {
  if (!confirmed || told.kind === 'state') return entries;
  const positions = told.kind === 'positions' ? entries.positions : [];
  return { positions, orders: [], others: [] };
}

async function setPositions(
  entering: Entering,
  entries: readonly PositionEntry[],
  expected: EngineState,
): Promise<Outcome> {
  const { control } = entering;
  if (control.updatePosition === undefined) {
    return { ...NOTHING, left: entries.map((entry) => positionWords(entry, null)) };
  }
  const update = offered(control, 'updatePosition');
  const refused = new Map<PositionEntry, string>();
  for (const entry of entries) {
    const { held: _held, ...change } = entry;
    const why = await refusalOf(async () => {
      await entering.lease.beforeWrite();
      await update({ ...change, reason: REASON }, stampOf(entering.input, change));
    });
    if (why !== null) refused.set(entry, why);
  }
  const still = entries.length === 0 ? [] : await stillOpen(entering, entries, expected);
  const left = entries.flatMap((entry) => {
    const why = refused.get(entry) ?? (still.includes(entry) ? NOT_TAKEN : null);
    return why === null ? [] : [positionWords(entry, why)];
  });
  return { ...NOTHING, done: entries.length - left.length, left };
}

const NOT_TAKEN = 'it was told so, and says otherwise';

/** It is asked again: done is what it holds, not what it said yes to. */
async function stillOpen(
  { control, input }: Entering,
  entries: readonly PositionEntry[],
  expected: EngineState,
): Promise<PositionEntry[]> {
  const told = await toldBy(control, input);
  if (told.kind === 'nothing') return [];
  const open = new Set(entriesFor(told, expected).positions.map(listingKey));
  return entries.filter((entry) => open.has(listingKey(entry)));
}

async function importOrders(entering: Entering, orders: readonly Order[]): Promise<Outcome> {
  const { control } = entering;
  if (control.importOrder === undefined) {
    return { ...NOTHING, left: orders.map((order) => orderWords(order, null)) };
  }
  const give = offered(control, 'importOrder');
  const outcome: Outcome = { done: 0, known: 0, left: [] };
  for (const order of orders) {
    const why = await refusalOf(async () => {
      await entering.lease.beforeWrite();
      const answer = await give(order, stampOf(entering.input, order));
      outcome[answer === 'known' ? 'known' : 'done'] += 1;
    });
    if (why !== null) outcome.left.push(orderWords(order, why));
  }
  return outcome;
}

/** In the engine's words; null where it took it. */
async function refusalOf(write: () => Promise<void>): Promise<string | null> {
  try {
    await write();
    return null;
  } catch (error) {
    if (isFailure(error, 'EngineRefused')) return error.message;
    throw error;
  }
}

function stampOf({ epoch, idempotencyKey }: ImportInput, content: object): WriteStamp {
  return { epoch, idempotencyKey: `${idempotencyKey}:${digestOf(content)}` };
}
