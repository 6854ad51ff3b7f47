/** What a run amounts to, whatever server it ran on: without times, and without the order of what ran side by side. */
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { recordOf } from '../../../clients/temporal/recoveries.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';

/** One scenario, on one server. */
export interface Told {
  name: string;
  workflowId: string;
  /** Its events by their kinds, activities by their names too: how often. */
  events: Record<string, number>;
  /** Each step with how it ended, each gate with its outcome, each stage; empty of a guardian. */
  story: string[];
  /** As the server's JSON has it. */
  history: string;
}

/** One whose digest is known, because it was simulated. */
export interface Simulated extends Told {
  seed: string;
  digest: string;
}

/** Of the workflow that a scenario was about. */
export async function tell(client: Client, name: string, workflowId: string): Promise<Told> {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  const record = workflowId.startsWith('recovery/') ? await recordOf(client, workflowId) : null;
  const json = historyToJSON(history);
  const { events } = JSON.parse(json) as { events: Event[] };
  return {
    name,
    workflowId,
    events: countOf(events.map(kindOf).filter((kind) => !COUNTED_APART.test(kind))),
    story: record === null ? [] : storyOf(record),
    history: json,
  };
}

interface Event {
  eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  markerRecordedEventAttributes?: { markerName: string };
}

/**
 * How many tasks it took is a matter of the moment, as two results that come together need one; so is whether what
 * nobody waits for any more has ended yet.
 */
const COUNTED_APART =
  /WORKFLOW_TASK|UPSERT_WORKFLOW_SEARCH|MARKER_RECORDED|ACTIVITY_TASK_(?!SCHEDULED)/;

function kindOf({ eventType, activityTaskScheduledEventAttributes: activity }: Event): string {
  const kind = eventType.replace(/^EVENT_TYPE_/, '');
  return activity === undefined ? kind : `${kind} ${activity.activityType.name}`;
}

function countOf(kinds: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds.toSorted()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function storyOf({ steps, gates, ramp, epoch, outcome }: RecoveryRecord): string[] {
  return [
    `${outcome}, epoch ${epoch}`,
    ...steps.map(({ name, status, attempts }) => `${name}: ${status}, ${attempts} attempts`),
    ...gates.map(({ kind, attempt, outcome: how }) => `gate ${kind} ${attempt}: ${how}`),
    ...ramp.map(({ percent, note }) => `stage ${percent} %: ${note}`),
  ];
}
