/** `relight report`: which reports there are, and where. */
import type { Operations, ReportAnswer } from '../../operations.js';
import { EXIT, print, printJson, printLine, sayLine } from '../../output.js';
import { table } from '../../tables/text.js';

export interface ReportOptions {
  json?: boolean;
}

export async function report(
  operations: Operations,
  incident: string | undefined,
  options: ReportOptions,
): Promise<number> {
  const unread: string[] = [];
  const shown = await operations.reports(incident ?? null, (why) => unread.push(why));
  for (const why of unread) sayLine(`Reports of other hosts: ${why}`);
  if (options.json === true) printJson(shown);
  else if (shown.length > 0) printReports(shown);
  else if (incident === undefined) printLine('No report yet.');
  if (incident !== undefined && shown.length === 0) {
    sayLine(`No report of incident "${incident}". List them with: relight report`);
  }
  return codeOf(incident, shown.length > 0, unread.length === 0);
}

/** One that was asked for and found is the answer, whatever else could not be read. */
function codeOf(incident: string | undefined, isFound: boolean, isWhole: boolean): number {
  if (incident !== undefined && isFound) return EXIT.done;
  if (!isWhole) return EXIT.unknown;
  return incident === undefined ? EXIT.done : EXIT.negative;
}

function printReports(reports: readonly ReportAnswer[]): void {
  const rows = reports.map((r) => [r.incidentId, r.outcome, r.pdf ?? fetched(r), r.json ?? '']);
  print(table(['incident', 'outcome', 'pdf', 'json'], rows));
}

function fetched({ host, incidentId }: ReportAnswer): string {
  return `of ${host ?? 'another host'}; to have it here: relight report ${incidentId}`;
}
