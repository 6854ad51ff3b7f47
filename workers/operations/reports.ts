/**
 * The reports that past recoveries left in the data folder.
 *
 * Invariant: one whose file cannot be understood is listed as that, and hides none of the others.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { ReportAnswer } from '../../clients/cli/operations.js';
import type { Config } from '../config/schema.js';

const Written = z.object({
  record: z.object({
    incidentId: z.string(),
    outcome: z.string(),
    endedAtMs: z.number().nullable(),
  }),
});

/** The newest first. */
export async function listReports(config: Config): Promise<ReportAnswer[]> {
  const folder = join(config.dataDir, 'reports');
  const names = await readdir(folder).catch(() => []);
  const reports = await Promise.all(
    names.map(async (name) => {
      const json = join(folder, basename(name), 'recovery.json');
      const content = await readFile(json, 'utf8').catch(() => null);
      if (content === null) return [];
      return [{ ...headOf(content, name), pdf: json.replace(/json$/, 'pdf'), json }];
    }),
  );
  return reports.flat().toSorted((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0));
}

/** `name`: of its folder, for want of anything better. */
function headOf(content: string, name: string): z.infer<typeof Written>['record'] {
  try {
    return Written.parse(JSON.parse(content)).record;
  } catch {
    return { incidentId: name, outcome: 'unreadable', endedAtMs: null };
  }
}
