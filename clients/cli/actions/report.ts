/** `relight report`: which reports there are, and where. */
import type { Operations } from '../operations.js';
import { EXIT, print, printJson, say } from '../output.js';
import { table } from '../tables/text.js';

export interface ReportOptions {
  json?: boolean;
}

export async function report(
  operations: Operations,
  incident: string | undefined,
  options: ReportOptions,
): Promise<number> {
  const all = await operations.reports();
  const shown = incident === undefined ? all : all.filter((r) => r.incidentId === incident);
  if (options.json === true) printJson(shown);
  else if (shown.length > 0) {
    const rows = shown.map((r) => [r.incidentId, r.outcome, r.pdf, r.json]);
    print(table(['incident', 'outcome', 'pdf', 'json'], rows));
  } else if (incident === undefined) {
    print('No report yet.');
  }
  if (shown.length > 0 || incident === undefined) return EXIT.done;
  say(`No report of incident "${incident}". List them with: relight report`);
  return EXIT.negative;
}
