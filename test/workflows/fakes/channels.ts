/** Channels that do not take what they are told. */
import { failure } from '../../../workflows/failure.js';
import type { Fakes } from './engine.js';

/** A pager that misses each notice at first, and takes it at the second try on its own, or never. */
export function pagerTaking(which: 'second' | 'none'): Fakes {
  const tries = new Map<string, number>();
  return {
    notify: async () => ({ undelivered: [{ channel: 'pager', why: 'answered 503' }] }),
    notifyChannel: async ({ notice: { dedupKey } }) => {
      if (which === 'none') throw failure('ConfigurationInvalid', 'no such channel');
      const before = tries.get(dedupKey) ?? 0;
      tries.set(dedupKey, before + 1);
      if (before === 0) throw failure('NotificationFailed', 'answered 503');
    },
  };
}
