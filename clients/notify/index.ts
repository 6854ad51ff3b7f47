/** Channels by which people are told. A channel fails with `NotificationFailed`; it never throws a
 * URL, because webhook addresses are secrets. */
import type { Logger } from 'pino';
import type { Notice, Notifier } from '../../activities/ports.js';
import { failure } from '../../workflows/failure.js';

const WEBHOOK_TIMEOUT_MS = 10_000;

export function createLogNotifier(logger: Logger): Notifier {
  const level = { info: 'info', warning: 'warn', critical: 'error' } as const;
  return {
    name: 'log',
    send: async (notice) => {
      logger[level[notice.severity]]({ notice }, notice.title);
    },
  };
}

/** Posts the notice as JSON; `Idempotency-Key` lets the receiver drop a repetition. */
export function createWebhookNotifier(name: string, url: string): Notifier {
  return {
    name,
    send: async (notice: Notice) => {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json', 'idempotency-key': keyOf(notice) },
        body: JSON.stringify(notice),
        signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
      }).catch((error: unknown) => {
        const why = error instanceof Error ? error.name : 'failed';
        throw failure('NotificationFailed', `${name} does not answer (${why})`);
      });
      if (!response.ok) throw failure('NotificationFailed', `${name} answered ${response.status}`);
    },
  };
}

/** Headers take printable ASCII only, and engines may have other names. */
function keyOf({ dedupKey }: Notice): string {
  return dedupKey.replaceAll(/[^\x20-\x7e]/gu, encodeURIComponent);
}
