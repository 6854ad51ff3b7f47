/**
 * What a person sees of a guardian in the Temporal UI, in Markdown: what is open, what stops it, and what
 * there was. Each recovery is a link to its page.
 *
 * Invariant: what comes from outside stands in it as words or code, and never as Markdown.
 */
import { counted } from '../domain/content/counted.js';
import { markdownWords } from '../domain/content/markdown.js';
import { foreignWords } from '../domain/crash/home.js';
import { repeatedLines } from '../domain/crash/repeats.js';
import { movedWords } from '../domain/steering/fail-over.js';
import { refusalWords } from '../domain/trust/refusals.js';
import { workflowLink } from './workflow-link.js';
import type * as messages from '../messages.js';

type GuardianState = messages.GuardianState;

const SHOWN_PAST = 10;

export function describeGuardian(state: GuardianState, namespace: string): string {
  return [
    `## ${markdownWords(state.engineId)}: ${headline(state)}`,
    ...stoppedBy(state),
    openIncident(state, namespace),
    `Epoch ${state.epoch} · ${counted(state.crashTimesMs.length, 'crash', 'crashes')} in the window`,
    state.refused === undefined
      ? ''
      : `**Not taken:** ${markdownWords(refusalWords(state.refused))}`,
    state.moved === undefined ? '' : `Failed over ${markdownWords(movedWords(state.moved))}`,
    state.foreign === undefined
      ? ''
      : `**Of another host:** ${markdownWords(foreignWords(state.foreign))}`,
    ...repeatedLines(state.deaths ?? []).map((line) => `Again: ${markdownWords(line)}`),
    pastIncidents(state, namespace),
  ]
    .filter((line) => line !== '')
    .join('\n\n');
}

/** What matters most, in a few words. */
function headline({ killSwitch, openIncident: open, hold }: GuardianState): string {
  if (killSwitch !== undefined) return 'STOPPED by the kill switch';
  if (open !== null) return 'RECOVERING';
  return hold === null ? 'watched, no open incident' : 'ON HOLD';
}

function stoppedBy({ killSwitch, hold }: GuardianState): string[] {
  const said = ({ by, reason }: { by: string; reason: string }) =>
    markdownWords(`${by}: ${reason}`);
  return [
    killSwitch === undefined ? '' : `**KILL SWITCH** by ${said(killSwitch)}`,
    hold === null ? '' : `**On hold** by ${said(hold)}`,
  ];
}

function openIncident({ openIncident: open }: GuardianState, namespace: string): string {
  if (open === null) return 'No open incident.';
  return (
    `**Open:** ${workflowLink(namespace, open.workflowId)}. A question that waits stands there, in the ` +
    'timeline and under User Metadata.'
  );
}

/** Newest first. */
function pastIncidents({ past }: GuardianState, namespace: string): string {
  if (past.length === 0) return '';
  const lines = past
    .slice(-SHOWN_PAST)
    .toReversed()
    .map(({ workflowId, outcome }) => `- ${workflowLink(namespace, workflowId)}: ${outcome}`);
  return `### Before\n\n${lines.join('\n')}`;
}
