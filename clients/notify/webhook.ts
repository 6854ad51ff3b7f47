/**
 * Posts a notice as JSON; `Idempotency-Key` lets the receiver drop a repetition, and a signature lets it
 * refuse what is not ours, or old.
 */
import { createHmac } from 'node:crypto';
import type { Channel } from '../../activities/ports.js';
import { createCalls } from './calls.js';
import { headerText } from './header.js';
import type { SettingsOf } from './settings.js';

export function openWebhook({ name, url, secret, timeoutMs }: SettingsOf<'webhook'>): Channel {
  const call = createCalls({ name, timeoutMs, readsAnswer: false });
  return {
    name,
    send: async (notice) => {
      const body = JSON.stringify(notice);
      const signed = secret === null ? {} : signatureOf(secret, body);
      const plain = {
        'content-type': 'application/json',
        'idempotency-key': headerText(notice.dedupKey),
      };
      await call({ url, headers: { ...plain, ...signed }, body });
    },
  };
}

/** HMAC-SHA256 over `<seconds>.<body>`; docs/webhook-receiver.mjs verifies it. */
function signatureOf(secret: string, body: string): Record<string, string> {
  const seconds = String(Math.floor(Date.now() / 1_000));
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return { 'relight-timestamp': seconds, 'relight-signature': `v1=${digest}` };
}
