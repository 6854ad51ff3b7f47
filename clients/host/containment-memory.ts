/**
 * What a host remembers of containment: the rules that the guardian handed down, and what was read and done at
 * each death.
 *
 * Invariants: a list of orders, once made, is never made again; what cannot be read is no permission.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { CrashReport } from '../../workflows/domain/crash/report.js';
import { Contained } from '../../workflows/domain/crash/contained.js';
import { ContainmentRules } from '../../workflows/domain/policy/handed-down.js';
import { OwnOrders } from '../../workflows/domain/orders/own-orders.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { makeFolders } from '../files/folders.js';
import { fileNameOf } from '../files/names.js';

const MODE = 0o600;
const FOLDER_MODE = 0o700;
const LARGEST = 64 * 1024 * 1024;

const AtDeath = z.object({
  read: OwnOrders,
  contained: Contained.nullable(),
});
type AtDeath = z.infer<typeof AtDeath>;

export interface ContainmentMemory {
  /** Null where none were handed down, or they cannot be read. */
  rules(engineId: string): Promise<ContainmentRules | null>;
  keepRules(engineId: string, rules: ContainmentRules): Promise<void>;
  /** Null where nothing was begun. Fails where it cannot be read. */
  atDeath(report: CrashReport): Promise<AtDeath | null>;
  keepAtDeath(report: CrashReport, done: AtDeath): Promise<void>;
}

export function createContainmentMemory(folder: string, files: Files = disk): ContainmentMemory {
  const rulesPath = (engineId: string) => join(folder, `${fileNameOf(engineId)}.rules.json`);
  const deathPath = ({ engineId, instance }: CrashReport) =>
    join(folder, `${fileNameOf(engineId)}--${fileNameOf(instance.instanceId)}.json`);
  const write = async (path: string, content: unknown) => {
    await makeFolders(folder, files, FOLDER_MODE);
    await writeAtomically(path, JSON.stringify(content), files, MODE);
  };
  const read = async (path: string) => {
    const content = await files.read(path, LARGEST);
    return content === null ? null : (JSON.parse(content.toString()) as unknown);
  };
  return {
    rules: async (engineId) => {
      const kept = await read(rulesPath(engineId)).catch(() => null);
      return ContainmentRules.nullable().catch(null).parse(kept);
    },
    keepRules: (engineId, rules) => write(rulesPath(engineId), rules),
    atDeath: async (report) => AtDeath.nullable().parse(await read(deathPath(report))),
    keepAtDeath: (report, done) => write(deathPath(report), done),
  };
}
