/** Posts a notice as JSON; `Idempotency-Key` lets the receiver drop a repetition. */
import type { Channel, Notice } from '../../activities/ports.js';
import { failure } from '../../workflows/failure.js';
import type { OpenSettings } from './settings.js';

const TIMEOUT_MS = 10_000;

export function openWebhook({ name, url }: OpenSettings): Channel {
  return {
    name,
    send: async (notice) => {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json', 'idempotency-key': keyOf(notice) },
        body: JSON.stringify(notice),
        signal: AbortSignal.timeout(TIMEOUT_MS),
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
