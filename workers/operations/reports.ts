/**
 * The reports that past recoveries left in the data folder, and those of other hosts in the store that
 * they share.
 *
 * Invariants: one whose file cannot be understood is listed as that, and hides none of the others; a
 * store that cannot be read is told, and hides none of those here; what is brought from it is whole.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { describeError } from '../../activities/errors.js';
import type { ReportAnswer } from '../../clients/cli/operations.js';
import { disk } from '../../clients/files/disk.js';
import type { SharedReport, ReportShelf } from '../../clients/artifacts/reports.js';
import { composeReportFolder, composeSharedReports } from '../compose/artifacts.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';

const Written = z.object({
  record: z.object({
    incidentId: z.string(),
    outcome: z.string(),
    endedAtMs: z.number().nullable(),
  }),
});

type OnUnread = (why: string) => void;

/** The newest first; of one incident where it is named, with its files brought here. */
export async function listReports(
  config: Config,
  incident: string | null = null,
  onUnread: OnUnread = () => undefined,
): Promise<ReportAnswer[]> {
  const isAsked = ({ incidentId }: ReportAnswer) => incident === null || incidentId === incident;
  const here = (await reportsHere(config)).filter(isAsked);
  if (incident !== null && here.length > 0) return here;
  const others = await reading(onUnread, () => reportsElsewhere(config, incident));
  const known = new Set(here.map(({ incidentId }) => incidentId));
  const reports = [...here, ...others.filter(({ incidentId }) => !known.has(incidentId))];
  return reports.toSorted((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0));
}

/** None where it fails, which is told. */
async function reading(
  onUnread: OnUnread,
  read: () => Promise<ReportAnswer[]>,
): Promise<ReportAnswer[]> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isOurs = error instanceof ConfigError;
    onUnread(isOurs ? error.message : code === undefined ? describeError(error) : code);
    return [];
  }
}

async function reportsElsewhere(config: Config, incident: string | null): Promise<ReportAnswer[]> {
  const shelf = composeSharedReports(config);
  if (shelf === null) return [];
  const found = await shelf.list(incident);
  if (incident === null) return found.map((report) => answerOf(report, { pdf: null, json: null }));
  return Promise.all(
    found.map(async (report) => answerOf(report, await bring(config, shelf, report))),
  );
}

function answerOf(
  { incidentId, outcome, endedAtMs, host }: SharedReport,
  files: Pick<ReportAnswer, 'pdf' | 'json'>,
): ReportAnswer {
  return { incidentId, outcome, endedAtMs, host, ...files };
}

/** Beside those that were written here, where the next look finds it. */
async function bring(config: Config, shelf: ReportShelf, report: SharedReport) {
  const { json, pdf } = await shelf.filesOf(report);
  const folder = composeReportFolder(config);
  return {
    pdf: await folder.write(report.incidentId, 'recovery.pdf', pdf),
    json: await folder.write(report.incidentId, 'recovery.json', json),
  };
}

async function reportsHere(config: Config): Promise<ReportAnswer[]> {
  const folder = join(config.dataDir, 'reports');
  const names = await readdir(folder).catch(() => []);
  const reports = await Promise.all(
    names.map(async (name) => {
      const json = join(folder, basename(name), 'recovery.json');
      const content = await disk.read(json).catch(() => null);
      if (content === null) return [];
      const head = headOf(content.toString(), name);
      return [{ ...head, host: null, pdf: json.replace(/json$/, 'pdf'), json }];
    }),
  );
  return reports.flat();
}

/** `name`: of its folder, for want of anything better. */
function headOf(content: string, name: string): z.infer<typeof Written>['record'] {
  try {
    return Written.parse(JSON.parse(content)).record;
  } catch {
    return { incidentId: name, outcome: 'unreadable', endedAtMs: null };
  }
}
