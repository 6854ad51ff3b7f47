/**
 * Crash reports on disk until they are delivered. One file per engine instance, so a report
 * spooled twice is one report; a file that cannot be read is kept aside, never thrown away.
 */
import { join } from 'node:path';
import { CrashReport } from '../../workflows/domain/crash/report.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { fileNameOf } from '../files/names.js';

export interface Spool {
  put(report: CrashReport): Promise<void>;
  remove(report: CrashReport): Promise<void>;
  pending(): Promise<CrashReport[]>;
}

export function createSpool(folder: string, files: Files = disk): Spool {
  const pathOf = ({ engineId, instance }: CrashReport) =>
    join(folder, `${fileNameOf(engineId)}--${fileNameOf(instance.instanceId)}.json`);
  return {
    put: (report) => writeAtomically(pathOf(report), JSON.stringify(report), files),
    remove: (report) => files.remove(pathOf(report)),
    async pending() {
      const names = (await files.list(folder)).filter((name) => name.endsWith('.json'));
      const reports = await Promise.all(names.map((name) => load(files, join(folder, name))));
      return reports.filter((report) => report !== null);
    },
  };
}

async function load(files: Files, path: string): Promise<CrashReport | null> {
  try {
    const content = await files.read(path);
    if (content === null) return null; // delivered meanwhile
    return CrashReport.parse(JSON.parse(content.toString()));
  } catch {
    await files.rename(path, `${path}.unreadable`);
    return null;
  }
}
