/** The procedure's manual recovery checklist, opened whenever the machine cannot go on alone. */
import type { Classification } from '../crash/cause/cause.js';

export interface ChecklistSection {
  title: string;
  items: string[];
}

export const MANUAL_CHECKLIST: readonly ChecklistSection[] = [
  {
    title: 'Analyse the crash',
    items: [
      'Read the crash analysis report',
      'Examine the core dump, if there is one',
      'Review the logs around the crash',
      'Identify the root cause',
    ],
  },
  {
    title: 'Fix the issue',
    items: [
      'Code fix, if it is a bug',
      'Configuration fix, if it is a misconfiguration',
      'Infrastructure fix, if it is a system issue',
      'Test the fix outside production',
    ],
  },
  {
    title: 'Validate the checkpoint',
    items: [
      'The checkpoint file exists',
      'Its checksum is valid',
      'Its data are reasonable: no absurd values',
      'It is not too old: under one hour is preferred',
    ],
  },
  {
    title: 'Reconcile the state',
    items: [
      'Query all exchange positions',
      'Compare them with the checkpoint',
      'Resolve discrepancies: the exchange is the source of truth',
      'Document every difference',
    ],
  },
  {
    title: 'Test before recovery',
    items: [
      'Start the system without trading',
      'Verify that its services start',
      'Verify its connections to the exchanges',
      'Verify that market data flow',
      'Verify that the risk checks work',
    ],
  },
  {
    title: 'Resume trading',
    items: [
      'Risk manager approval',
      'Start with reduced limits',
      'Enable low-risk strategies first',
      'Monitor closely for 15 minutes',
      'Ramp up to full capacity step by step',
    ],
  },
  {
    title: 'After the recovery',
    items: [
      'Document the recovery',
      'Create the incident report',
      'Hold the post-mortem meeting',
      'Update the runbooks',
    ],
  },
];

const AFTER_RECOVERY: readonly string[] =
  MANUAL_CHECKLIST.find(({ title }) => title === 'After the recovery')?.items ?? [];

/** What people have to do once the engine trades again: mend the cause first. */
export function followUpsFor(cause: Classification | null): string[] {
  return [...(cause?.advice?.mend ?? []), ...AFTER_RECOVERY];
}

/** With what the procedure advises for the cause at its head, where the cause was analysed. */
export function checklistFor(cause: Classification | null): ChecklistSection[] {
  const { advice } = cause ?? {};
  if (advice === undefined) return [...MANUAL_CHECKLIST];
  const { scenario, mend, resume } = advice;
  return [{ title: `Advice: ${scenario}`, items: [...mend, ...resume] }, ...MANUAL_CHECKLIST];
}
