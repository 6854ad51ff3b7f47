/** `relight checklist`: the manual recovery as it stands, its ticks, and the go that resumes it. */
import { itemWords } from '../../../../workflows/domain/checklist/checklist.js';
import { RESUME_STEPS, type Resume } from '../../../../workflows/domain/gates/resume.js';
import { printable } from '../../../../workflows/domain/content/printable.js';
import type { ChecklistAnswer } from '../../answers/checklist.js';
import type { Operations } from '../../operations.js';
import { EXIT, print, printJson, printLine, say } from '../../output.js';
import { UsageError } from '../../usage-error.js';
import { decide, type DecideOptions } from '../decide.js';
import { steer, type SteerOptions } from '../steer.js';

export async function showChecklist(
  operations: Operations,
  target: string | null,
  { json }: { json?: boolean },
): Promise<number> {
  const all = await operations.checklists(target);
  if (json === true) printJson(all);
  else if (all.length === 0) printLine('No recovery is open.');
  else print(all.map(checklistText).join('\n\n'));
  return EXIT.done;
}

function checklistText(answer: ChecklistAnswer): string {
  const { incidentId, outcome, sections, open, resumeFrom, inMarket } = answer;
  const lines = [
    `${incidentId}: ${outcome}; ${open.length} open`,
    ...sections.flatMap(({ title, items }) => [
      '',
      title,
      ...items.map((item) => `  ${item.id.padEnd(21)}${itemWords(item as Shown)}`),
    ]),
    ...resumeLines(resumeFrom),
    ...(inMarket.length === 0 ? [] : ['', ...inMarket]),
  ];
  return lines.map(printable).join('\n');
}

type Shown = Parameters<typeof itemWords>[0];

function resumeLines(resumeFrom: ChecklistAnswer['resumeFrom']): string[] {
  if (resumeFrom === null) return [];
  const steps = RESUME_STEPS.map((step) => {
    const why = resumeFrom[step] ?? 'not known';
    return `  ${named(step).padEnd(21)}${why === 'safe' ? 'safe' : `not: ${why}`}`;
  });
  return ['', 'Resume from (as it was asked)', ...steps];
}

function named(step: Resume['from']): string {
  return step.replace('_', '-');
}

interface Chosen {
  incident?: string;
}

export interface TickOptions extends Omit<SteerOptions, 'reason'>, Chosen {
  note: string;
}

export async function tick(
  operations: Operations,
  item: string,
  { note, incident, ...options }: TickOptions,
): Promise<number> {
  return steer(operations, { ...options, reason: note }, async (words) =>
    operations.toSteer({ command: 'tick', target: incident ?? null, item, ...words }),
  );
}

export interface ResumeOptions extends DecideOptions, Chosen {
  from: string;
}

/** The risk manager's go: over the question, the step, and the ticks as they are now. */
export async function resume(operations: Operations, options: ResumeOptions): Promise<number> {
  const from = RESUME_STEPS.find((step) => named(step) === options.from || step === options.from);
  if (from === undefined) {
    const known = RESUME_STEPS.map(named).join(', ');
    throw new UsageError(
      `--from: "${options.from}" is no step to resume from: take one of ${known}`,
    );
  }
  const all = await operations.checklists(options.incident ?? null);
  const asked = all.filter(({ gateId }) => gateId !== null);
  const [only] = asked;
  if (only === undefined || only.gateId === null) {
    say('No recovery waits for a person to take over: relight status');
    return EXIT.negative;
  }
  if (asked.length > 1) {
    const names = asked.map(({ incidentId }) => incidentId).join(', ');
    throw new UsageError(`Several wait: name the one that is meant (--incident): ${names}`);
  }
  if (options.json !== true) say(checklistText(only));
  const { gateId, told } = only;
  return decide(operations, { gateId, answer: 'approve', options, resume: { from, told } });
}
