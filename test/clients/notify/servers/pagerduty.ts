/** PagerDuty's Events API v2 as documented: what does not fit is refused with 400. */
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { NO_FAULTS, type NextFault } from './faults.js';
import { listen, type Asked } from './http.js';

export const ROUTING_KEY = 'a'.repeat(32);

const common = { routing_key: z.literal(ROUTING_KEY), dedup_key: z.string().min(1).max(255) };
const Event = z.discriminatedUnion('event_action', [
  z.strictObject({
    event_action: z.literal('trigger'),
    ...common,
    client: z.string().optional(),
    client_url: z.string().optional(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime().optional(),
      component: z.string().optional(),
      group: z.string().optional(),
      class: z.string().optional(),
      custom_details: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
  z.strictObject({ event_action: z.enum(['acknowledge', 'resolve']), ...common }),
]);
export type PagerEvent = z.infer<typeof Event>;

export interface PagerDuty {
  origin: string;
  /** In the order in which they were taken, repetitions too. */
  events: PagerEvent[];
  /** Why something did not fit. */
  malformed: string[];
  /** By dedup key, as the service makes it of the events. */
  alerts(): Map<string, AlertState>;
  /** Dedup keys, in the order in which phones rang: only what opens an alert wakes anybody. */
  rang(): string[];
  /** Somebody does so at their phone. */
  acknowledge(dedupKey: string): void;
}

type AlertState = 'triggered' | 'acknowledged' | 'resolved';
type Happened = Pick<PagerEvent, 'event_action' | 'dedup_key'>;

export async function openPagerDutyServer(
  t: Pick<TestContext, 'after'>,
  nextFault: NextFault = NO_FAULTS,
): Promise<PagerDuty> {
  const events: PagerEvent[] = [];
  const happened: Happened[] = [];
  const malformed: string[] = [];
  const parse = ({ body }: Asked) => Event.safeParse(JSON.parse(body.toString()));
  const { origin } = await listen(t, {
    faultFor: (asked) => nextFault(eventKey(parse(asked).data)),
    take: (asked) => {
      const { data, error } = parse(asked);
      if (asked.path !== '/v2/enqueue') malformed.push(asked.path);
      if (data === undefined) {
        malformed.push(error?.message ?? '');
        return { status: 400, content: { status: 'invalid event', errors: [] } };
      }
      events.push(data);
      happened.push(data);
      const content = { status: 'success', message: 'Event processed', dedup_key: data.dedup_key };
      return { status: 202, content };
    },
  });
  return {
    origin,
    events,
    malformed,
    alerts: () => alertsOf(happened).alerts,
    rang: () => alertsOf(happened).rang,
    acknowledge: (dedup_key) => void happened.push({ event_action: 'acknowledge', dedup_key }),
  };
}

/** One for each thing that is said. */
export function eventKey(event: PagerEvent | undefined): string {
  return JSON.stringify(event ?? null);
}

function alertsOf(happened: readonly Happened[]) {
  const alerts = new Map<string, AlertState>();
  const rang: string[] = [];
  for (const { event_action, dedup_key } of happened) {
    const now = alerts.get(dedup_key);
    const isOpen = now === 'triggered' || now === 'acknowledged';
    if (event_action === 'trigger' && !isOpen) {
      alerts.set(dedup_key, 'triggered');
      rang.push(dedup_key);
    }
    if (event_action === 'acknowledge' && isOpen) alerts.set(dedup_key, 'acknowledged');
    if (event_action === 'resolve' && isOpen) alerts.set(dedup_key, 'resolved');
  }
  return { alerts, rang };
}
