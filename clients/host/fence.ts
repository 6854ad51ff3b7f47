/**
 * The host's own memory of epochs and of the kill switch: plain files, so that stopping works
 * without Temporal, and a stale worker cannot act even when it has missed everything.
 *
 * Invariants: an epoch rises by a step at most, so that no message can make every later epoch stale;
 * only a person at this host sets it to what they say, and that is recorded beside it first; the
 * folder is its owner's alone.
 */
import { basename, dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { z } from 'zod';
import type { Fence } from '../../activities/ports.js';
import { epochFault, isEpoch } from '../../workflows/domain/engine/epochs.js';
import { failure } from '../../workflows/failure.js';
import { SignedFenceOrder } from '../../workflows/domain/steering/fence-reset.js';
import { keepName, removeForGood, writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { makeFolders } from '../files/folders.js';
import { fileNameOf } from '../files/names.js';

const KillSwitchFile = z.object({ reason: z.string(), by: z.string(), engagedAt: z.string() });
type KillSwitchFile = z.infer<typeof KillSwitchFile>;

/** What a person did to the epoch; `from` is null where the file told none. */
const FenceReset = z.object({
  at: z.string(),
  by: z.string(),
  from: z.number().nullable(),
  to: z.number(),
  reason: z.string(),
  /** What an approver signed; missing of earlier versions. */
  signed: SignedFenceOrder.optional(),
});
type FenceReset = z.infer<typeof FenceReset>;
type ResetWhy = Pick<FenceReset, 'reason' | 'by' | 'signed'>;

const SwitchTurned = z.object({
  at: z.string(),
  turned: z.enum(['engaged', 'released']),
  by: z.string(),
  reason: z.string(),
});
type SwitchTurned = z.infer<typeof SwitchTurned>;

/** The oldest are forgotten first. */
const RESETS_KEPT = 100;
const FOLDER_MODE = 0o700;
const BARE_MODE = 0o640;

export interface KillSwitch extends Fence {
  /** `turned`: who did and why; null where a damaged file engages it. Missing where it is not engaged. */
  killSwitch(
    engineId: string,
  ): Promise<{ engaged: boolean; reason: string; turned?: KillSwitchFile | null }>;
  /** Sets the epoch to any, up or down; records who and why beside it, before it does. */
  reset(engineId: string, to: number, why: ResetWhy): Promise<FenceReset>;
  /** The highest that was seen; 0 where none was. Fails with `StaleEpoch` where the file is damaged. */
  epoch(engineId: string): Promise<number>;
  /** Oldest first; a line that cannot be read is left out. */
  resets(engineId: string): Promise<FenceReset[]>;
  /** Who engaged and released it, and why; oldest first. */
  switches(engineId: string): Promise<SwitchTurned[]>;
}

export function createFence(folder: string, files: Files = disk): KillSwitch {
  const pathOf = (engineId: string, name: string) => join(folder, fileNameOf(engineId), name);
  const epochPath = (engineId: string) => pathOf(engineId, 'epoch');
  const switchPath = (engineId: string) => pathOf(engineId, 'kill-switch.json');
  const resetsPath = (engineId: string) => pathOf(engineId, 'resets.jsonl');
  const read = async (path: string) => contentOf(path, files);
  const write = async (path: string, content: string) => {
    await makeFolders(folder, files, FOLDER_MODE);
    await writeAtomically(path, content, files);
  };
  const raise = raising(epochPath, { read, write }, files);
  const resets = async (engineId: string) => linesIn(FenceReset, await read(resetsPath(engineId)));
  const switchesPath = (engineId: string) => pathOf(engineId, 'kill-switch.jsonl');
  const { switches, noteTurned } = traceOf(switchesPath, { read, write });
  async function reset(engineId: string, to: number, why: ResetWhy) {
    if (!isEpoch(to)) throw failure('EpochOutOfBounds', `That epoch ${epochFault(0, to)}`);
    const file = await read(epochPath(engineId));
    const from = epochOf(file);
    const done: FenceReset = { at: new Date().toISOString(), ...why, from, to };
    const kept = [...(await resets(engineId)), done].slice(-RESETS_KEPT);
    await write(resetsPath(engineId), kept.map((one) => `${JSON.stringify(one)}\n`).join(''));
    await write(epochPath(engineId), String(to));
    return done;
  }
  const oneAtATime = pLimit(1);
  return {
    // One after the other: side by side, a lower epoch could be written over a higher one.
    raise: (engineId, epoch) => oneAtATime(() => raise(engineId, epoch)),
    reset: (engineId, to, why) => oneAtATime(() => reset(engineId, to, why)),
    epoch: async (engineId) => epochIn(await read(epochPath(engineId)), engineId),
    resets,
    async killSwitch(engineId) {
      const file = await read(switchPath(engineId));
      if (file === null) return { engaged: false, reason: '' };
      return { engaged: true, ...switchIn(file) };
    },
    async engage(engineId, reason, by) {
      const path = switchPath(engineId);
      await write(path, switchFile(reason, by)).catch(bareAt(path, files));
      await noteTurned(engineId, { turned: 'engaged', by, reason });
    },
    async release(engineId, why) {
      const engaged = await isThere(read(switchPath(engineId)));
      if (engaged) await noteTurned(engineId, { turned: 'released', ...why });
      await removeForGood(switchPath(engineId), files);
      return engaged;
    },
    switches,
  };
}

function raising(pathOf: (engineId: string) => string, { read, write }: Texts, files: Files) {
  /** As this process knows. */
  const onDisk = new Map<string, number>();
  return async (engineId: string, epoch: number): Promise<void> => {
    const path = pathOf(engineId);
    const file = await read(path);
    const seen = epochIn(file, engineId);
    if (epoch < seen) {
      throw failure('StaleEpoch', `Epoch ${epoch} of ${engineId} is stale: the host saw ${seen}`);
    }
    const fault = epochFault(seen, epoch);
    if (fault !== null) {
      throw failure('EpochOutOfBounds', outOfBounds(engineId, epoch, fault));
    }
    if (epoch > seen) await write(path, String(epoch));
    else if (file !== null && onDisk.get(engineId) !== epoch) await keepName(path, files);
    onDisk.set(engineId, epoch);
  };
}

/** Null where there is none. A link that leads nowhere is there: it may have led to an engaged switch. */
async function contentOf(path: string, files: Files): Promise<string | null> {
  const isThere = async () => (await files.list(dirname(path))).includes(basename(path));
  const found = await files.read(path);
  if (found !== null) return found.toString();
  if (!(await isThere())) return null;
  const written = await files.read(path); // perhaps only just
  if (written === null && (await isThere())) throw new Error(`${path} leads nowhere`);
  return written?.toString() ?? null;
}

function switchFile(reason: string, by: string): string {
  const content: KillSwitchFile = { reason, by, engagedAt: new Date().toISOString() };
  return JSON.stringify(content);
}

/** On a full disk a file without content fits still, and any file engages; what is engaged stays as it is. */
function bareAt(path: string, files: Files): (why: unknown) => Promise<void> {
  return async (why) => {
    try {
      const isThere = (await files.read(path)) !== null;
      if (!isThere) await files.write(path, '', { mode: BARE_MODE, synced: true });
      await keepName(path, files);
    } catch {
      throw why;
    }
  };
}

/** What cannot be read counts as there. */
async function isThere(reading: Promise<string | null>): Promise<boolean> {
  return reading.then(
    (file) => file !== null,
    () => true,
  );
}

interface Texts {
  read: (path: string) => Promise<string | null>;
  write: (path: string, content: string) => Promise<void>;
}

/** Who turned the switch. What is latched is latched, and released is released, whatever becomes of it. */
function traceOf(pathOf: (engineId: string) => string, { read, write }: Texts) {
  const switches = async (engineId: string) => linesIn(SwitchTurned, await read(pathOf(engineId)));
  const noteTurned = async (engineId: string, turn: Omit<SwitchTurned, 'at'>): Promise<void> => {
    const kept = async () => [...(await switches(engineId)), turnedNow(turn)].slice(-RESETS_KEPT);
    const lines = async () => (await kept()).map((one) => `${JSON.stringify(one)}\n`).join('');
    await lines()
      .then((text) => write(pathOf(engineId), text))
      .catch(() => undefined);
  };
  return { switches, noteTurned };
}

function turnedNow(turn: Omit<SwitchTurned, 'at'>): SwitchTurned {
  return { at: new Date().toISOString(), ...turn };
}

/** A damaged file lets nobody through: what it said may have been higher than any epoch. */
function epochIn(file: string | null, engineId: string): number {
  if (file === null) return 0;
  const epoch = epochOf(file);
  if (epoch !== null) return epoch;
  const fault = `The epoch file of ${engineId} is damaged: it holds no epoch`;
  throw failure('StaleEpoch', `${fault}; ${resetHint(engineId)}`);
}

/** Null where it is none that any recovery can have had. */
function epochOf(file: string | null): number | null {
  if (file === null || !/^\d{1,16}$/.test(file)) return null;
  return isEpoch(Number(file)) ? Number(file) : null;
}

function outOfBounds(engineId: string, epoch: number, fault: string): string {
  const remedy = `if it is right all the same, ${resetHint(engineId)}`;
  return `Epoch ${epoch} of ${engineId} ${fault}: ${remedy}`;
}

function resetHint(engineId: string): string {
  return `run on this host: relight fence reset --engine ${engineId} --to N --reason WHY`;
}

function linesIn<T>(schema: z.ZodType<T>, file: string | null): T[] {
  return (file ?? '').split('\n').flatMap((line) => {
    try {
      const parsed = schema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

/** Any file there engages the switch, a damaged one too. */
function switchIn(file: string): { reason: string; turned: KillSwitchFile | null } {
  try {
    const turned = KillSwitchFile.parse(JSON.parse(file));
    return { reason: `${turned.reason} - ${turned.by}, ${turned.engagedAt}`, turned };
  } catch {
    return { reason: 'engaged; its file is damaged', turned: null };
  }
}
