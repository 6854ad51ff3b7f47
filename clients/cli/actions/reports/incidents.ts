/** `relight incidents` and `relight incident ID`: what has happened, newest first, and one of them whole. */
import { durationText } from '../../../../workflows/domain/numbers/duration-text.js';
import type { GateRecord, RecoveryRecord } from '../../../../workflows/domain/record.js';
import type { IncidentAnswer, WholeIncident } from '../../answers/incidents.js';
import type { Operations } from '../../operations.js';
import { EXIT, printJson, sayLine } from '../../output.js';
import { printLines, type Line, type Tone } from '../../screen.js';
import { momentSince, momentText } from '../../tables/moments.js';
import { stepLine } from '../../tables/status.js';

export interface IncidentsOptions {
  last: number;
  json?: boolean;
}

export async function incidents(
  operations: Operations,
  options: IncidentsOptions,
): Promise<number> {
  const unread: string[] = [];
  const all = await operations.incidents(options.last, (why) => unread.push(why));
  if (options.json === true) printJson(all);
  else printLines(all.length === 0 ? [{ text: 'No incident is known.' }] : all.flatMap(linesOf));
  for (const why of unread) sayLine(`COULD NOT BE ASKED: ${why}`);
  return unread.length === 0 ? EXIT.done : EXIT.unknown;
}

function linesOf(incident: IncidentAnswer): Line[] {
  const { incidentId, cause } = incident;
  return [
    { text: `${incidentId}: ${stateWords(incident)}`, tone: toneOf(incident) },
    { text: `  ${cause ?? 'cause not known'}; ${timesOf(incident)}` },
  ];
}

function stateWords({ state, gate, outcome }: IncidentAnswer): string {
  return state === 'waiting' ? `WAITING FOR YOU: ${gate}` : (outcome ?? 'RECOVERING');
}

function toneOf({ state, outcome }: IncidentAnswer): Tone {
  if (state !== 'ended') return 'waiting';
  return outcome === 'recovered' ? 'good' : 'bad';
}

/** Of one whose report alone is left the begin is not known. */
function timesOf({ beganAt, endedAt }: IncidentAnswer): string {
  if (beganAt === null) {
    return endedAt === null ? 'when is not known' : `ended ${momentText(Date.parse(endedAt))}`;
  }
  const beganMs = Date.parse(beganAt);
  const [word, untilMs] =
    endedAt === null ? ['open for', Date.now()] : ['took', Date.parse(endedAt)];
  const began = `began ${momentSince(beganMs, Date.now())}`;
  return `${began}, ${word} ${durationText(untilMs - beganMs)}`;
}

export async function incident(
  operations: Operations,
  incidentId: string,
  { json }: { json?: boolean },
): Promise<number> {
  const unread: string[] = [];
  const tell = (why: string) => void unread.push(why);
  const record = await operations.recordOf(incidentId, tell);
  for (const why of unread) sayLine(`COULD NOT BE ASKED: ${why}`);
  if (record === null) {
    sayLine(`No incident "${incidentId}" is known. List them with: relight incidents`);
    return unread.length === 0 ? EXIT.negative : EXIT.unknown;
  }
  const files = await filesOf(operations, record);
  if (json === true) printJson({ record, files });
  else printLines(wholeLines(record, files));
  return EXIT.done;
}

/** Whether other hosts have a report is nothing to fail by: the record is here. */
async function filesOf(
  operations: Operations,
  { incidentId, earlierEvidence = [], evidence }: RecoveryRecord,
): Promise<WholeIncident['files']> {
  const [report] = await operations.reports(incidentId, () => undefined);
  const folders = [...earlierEvidence, ...(evidence === null ? [] : [evidence])];
  return {
    pdf: report?.pdf ?? null,
    json: report?.json ?? null,
    evidence: folders.map(({ folder }) => folder),
  };
}

function wholeLines(record: RecoveryRecord, files: WholeIncident['files']): Line[] {
  const { incidentId, outcome, outcomeDetail, startedAtMs, endedAtMs, classification } = record;
  const took = durationText((endedAtMs ?? Date.now()) - startedAtMs);
  return [
    { text: `${incidentId}: ${outcome}`, tone: outcome === 'recovered' ? 'good' : 'bad' },
    ...(outcomeDetail === '' ? [] : [{ text: `  ${outcomeDetail}` }]),
    { text: `  cause ${classification?.cause ?? 'not known'}, on ${record.host}` },
    {
      text: `  began ${momentText(startedAtMs)}, ${endedAtMs === null ? 'open for' : 'took'} ${took}`,
    },
    ...headed('Left in the market, and warned of', record.warnings, 'bad'),
    ...headed('Not known', record.unknowns, 'bad'),
    { text: 'Steps' },
    ...record.steps.map((step) => stepLine(step, null)),
    ...(record.gates.length === 0
      ? []
      : [{ text: 'Questions' }, ...record.gates.flatMap(gateLines)]),
    ...headed('Follow-ups', record.followUps),
    { text: 'Files' },
    ...[files.pdf, files.json, ...files.evidence].flatMap((file) =>
      file === null ? [] : [{ text: `  ${file}` }],
    ),
  ];
}

function headed(title: string, lines: readonly string[], tone?: 'bad'): Line[] {
  if (lines.length === 0) return [];
  return [
    { text: title },
    ...lines.map((line) =>
      tone === undefined ? { text: `  ${line}` } : { text: `  ${line}`, tone },
    ),
  ];
}

function gateLines({
  kind,
  attempt,
  question,
  outcome,
  decisions,
  openedAtMs,
}: GateRecord): Line[] {
  return [
    { text: `  ${momentText(openedAtMs)}  ${kind}, attempt ${attempt}: ${outcome}` },
    { text: `    ${question}` },
    ...decisions.map(({ answer, approver, reason, decidedAtMs }) => ({
      text: `    ${answer} by ${approver} at ${momentText(decidedAtMs)}: ${reason}`,
    })),
  ];
}
