/**
 * Shapes of the SDK's own wire, by short names. What we send is plain, and made into messages where it leaves;
 * what comes in is as the SDK has it.
 */
import type { coresdk, temporal } from '@temporalio/proto';
import proto from '@temporalio/proto';

export type Command = coresdk.workflow_commands.IWorkflowCommand;
export type Payload = temporal.api.common.v1.IPayload;
export type Failure = temporal.api.failure.v1.IFailure;
export type Plain = Record<string, unknown>;
/** A job of an activation: one field, named as its variant. */
export type Job = Plain;
/** An event without id and time: one field, named as its attributes. */
export type EventBody = Plain;
export interface HistoryEvent {
  [attributes: string]: unknown;
  eventId: number;
}

interface Time {
  seconds?: unknown;
  nanos?: number | null;
}

export function timestampOf(ms: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: (ms - seconds * 1_000) * 1e6 };
}

/** Null of what is not limited: missing, or zero. */
export function msOf(duration: Time | null | undefined): number | null {
  if (duration === null || duration === undefined) return null;
  const ms = Number(duration.seconds ?? 0) * 1_000 + (duration.nanos ?? 0) / 1e6;
  return ms === 0 ? null : ms;
}

const { EventType } = proto.temporal.api.enums.v1;

/** `activityTaskScheduledEventAttributes` is of `EVENT_TYPE_ACTIVITY_TASK_SCHEDULED`. */
export function typeOf(body: EventBody): number {
  const name = Object.keys(body).find((key) => key.endsWith('EventAttributes')) ?? '';
  const words = name.replace(/EventAttributes$/, '').replace(/[A-Z]/g, (letter) => `_${letter}`);
  const type = EventType[`EVENT_TYPE_${words.toUpperCase()}` as keyof typeof EventType];
  if (typeof type !== 'number') throw new Error(`no type of event for ${name}`);
  return type;
}

export const payloadsOf = (payloads: readonly Payload[] | null | undefined) =>
  payloads === null || payloads === undefined || payloads.length === 0
    ? null
    : { payloads: [...payloads] };
