/**
 * Crash reports on disk until they are delivered. One file per engine instance, so a report
 * spooled twice is one report; a file that cannot be read is kept aside, never thrown away.
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CrashReport } from '../../workflows/domain/crash/report.js';
import { writeAtomically } from '../artifacts/index.js';

export interface Spool {
  put(report: CrashReport): Promise<void>;
  remove(report: CrashReport): Promise<void>;
  pending(): Promise<CrashReport[]>;
}

export function createSpool(folder: string): Spool {
  const pathOf = ({ engineId, instance }: CrashReport) =>
    join(
      folder,
      `${encodeURIComponent(engineId)}--${encodeURIComponent(instance.instanceId)}.json`,
    );
  return {
    put: (report) => writeAtomically(pathOf(report), JSON.stringify(report)),
    remove: (report) => rm(pathOf(report), { force: true }),
    async pending() {
      await mkdir(folder, { recursive: true });
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      const reports = await Promise.all(names.map((name) => load(join(folder, name))));
      return reports.filter((report) => report !== null);
    },
  };
}

async function load(path: string): Promise<CrashReport | null> {
  try {
    return CrashReport.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    await rename(path, `${path}.unreadable`);
    return null;
  }
}
