/**
 * What people were told of a recovery, and which channels took it: what the record keeps of its notices.
 *
 * Invariants: the last ones, so many; which channel has not taken one stands in `undelivered`.
 */

export interface NoticeRecord {
  /** Names this state of this question within the incident, as `undelivered` does. */
  dedupKey: string;
  title: string;
  severity: 'info' | 'warning' | 'critical';
  atMs: number;
  /** Channels that took it; empty while none is known to have. */
  sent: string[];
}

const MOST = 100;

export function withNotice(
  told: readonly NoticeRecord[] | undefined,
  notice: Omit<NoticeRecord, 'sent'>,
): NoticeRecord[] {
  return [...(told ?? []), { ...notice, sent: [] }].slice(-MOST);
}

/** One that has left the list already changes nothing. */
export function withSent(
  told: readonly NoticeRecord[] | undefined,
  dedupKey: string,
  channels: readonly string[],
): NoticeRecord[] {
  return (told ?? []).map((one) =>
    one.dedupKey === dedupKey ? { ...one, sent: [...new Set([...one.sent, ...channels])] } : one,
  );
}
