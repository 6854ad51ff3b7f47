/** The reports that past recoveries left in the data folder. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ReportAnswer } from '../../clients/cli/operations.js';
import type { RecoveryReport } from '../../workflows/domain/record.js';
import type { Config } from '../config/schema.js';

/** The newest first. */
export async function listReports(config: Config): Promise<ReportAnswer[]> {
  const folder = join(config.dataDir, 'reports');
  const names = await readdir(folder).catch(() => []);
  const reports = await Promise.all(
    names.map(async (name) => {
      const json = join(folder, basename(name), 'recovery.json');
      const content = await readFile(json, 'utf8').catch(() => null);
      if (content === null) return [];
      const { incidentId, outcome, endedAtMs } = (JSON.parse(content) as RecoveryReport).record;
      return [{ incidentId, outcome, endedAtMs, pdf: json.replace(/json$/, 'pdf'), json }];
    }),
  );
  return reports.flat().toSorted((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0));
}
