/**
 * The procedure's manual recovery checklist, as it is written: seven sections, and a box for each thing to do.
 *
 * Invariant: an id never changes its meaning, because ticks that were signed name it.
 */
import type { Classification } from '../crash/cause/cause.js';

/** By the id of the item, `section.box`. */
const PROCEDURE = {
  analyse: {
    title: 'Analyse the crash',
    items: {
      'analyse.report': 'Read the crash analysis report',
      'analyse.core': 'Examine the core dump, if there is one',
      'analyse.logs': 'Review the logs around the crash',
      'analyse.cause': 'Identify the root cause',
    },
  },
  fix: {
    title: 'Fix the issue',
    items: {
      'fix.code': 'Code fix, if it is a bug',
      'fix.configuration': 'Configuration fix, if it is a misconfiguration',
      'fix.infrastructure': 'Infrastructure fix, if it is a system issue',
      'fix.tested': 'Test the fix outside production',
    },
  },
  checkpoint: {
    title: 'Validate the checkpoint',
    items: {
      'checkpoint.exists': 'The checkpoint file exists',
      'checkpoint.checksum': 'Its checksum is valid',
      'checkpoint.reasonable': 'Its data are reasonable: no absurd values',
      'checkpoint.age': 'It is not too old: under one hour is preferred',
    },
  },
  reconcile: {
    title: 'Reconcile the state',
    items: {
      'reconcile.positions': 'Query all exchange positions',
      'reconcile.compared': 'Compare them with the checkpoint',
      'reconcile.resolved': 'Resolve discrepancies: the exchange is the source of truth',
      'reconcile.documented': 'Document every difference',
    },
  },
  test: {
    title: 'Test before recovery',
    items: {
      'test.start': 'Start the system without trading',
      'test.services': 'Verify that its services start',
      'test.connections': 'Verify its connections to the exchanges',
      'test.market': 'Verify that market data flow',
      'test.risk': 'Verify that the risk checks work',
    },
  },
  resume: {
    title: 'Resume trading',
    items: {
      'resume.approval': 'Risk manager approval',
      'resume.reduced': 'Start with reduced limits',
      'resume.low': 'Enable low-risk strategies first',
      'resume.watched': 'Monitor closely for 15 minutes',
      'resume.full': 'Ramp up to full capacity step by step',
    },
  },
  after: {
    title: 'After the recovery',
    items: {
      'after.documented': 'Document the recovery',
      'after.report': 'Create the incident report',
      'after.meeting': 'Hold the post-mortem meeting',
      'after.runbooks': 'Update the runbooks',
    },
  },
} as const;

type Sections = typeof PROCEDURE;
export type ItemId = { [Name in keyof Sections]: keyof Sections[Name]['items'] }[keyof Sections];

export interface ProcedureSection {
  title: string;
  items: { id: ItemId; text: string }[];
}

export const MANUAL_CHECKLIST: readonly ProcedureSection[] = Object.values(PROCEDURE).map(
  ({ title, items }) => ({
    title,
    items: Object.entries(items).map(([id, text]) => ({ id: id as ItemId, text })),
  }),
);

export const ITEM_IDS: readonly ItemId[] = MANUAL_CHECKLIST.flatMap(({ items }) =>
  items.map(({ id }) => id),
);

/** What people have to do once the engine trades again: mend the cause first. */
export function followUpsFor(cause: Classification | null): string[] {
  return [...(cause?.advice?.mend ?? []), ...Object.values(PROCEDURE.after.items)];
}
