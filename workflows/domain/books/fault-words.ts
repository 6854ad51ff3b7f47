/**
 * Why a venue could not be read, in words for people: what happened, and what to do about it. Command
 * line, questions, records and failures say it in these words and no others.
 */
import type { FaultKind, ReadFault, Why } from './read-fault.js';

/** `host`: where the configuration says that the venue is; null where that is not to be said. */
export function whyWords(why: Why, host: string | null = null): string {
  return typeof why === 'string' ? why : faultWords(why, host);
}

/** Without the venue's name. */
export function faultWords(fault: ReadFault, host: string | null = null): string {
  const { kind, what, code, words } = fault;
  const { said, remedy } = SAID[kind];
  const subject = what === null ? '' : `${what}: `;
  const happened = (words ?? said) + (words === null && kind === 'no_answer' ? from(host) : '');
  const coded = code === null ? '' : ` (${code})`;
  const advice = remedy === undefined ? '' : `: ${remedy(fault, host)}`;
  return subject + happened + coded + advice;
}

function from(host: string | null): string {
  return host === null ? '' : ` from ${host}`;
}

interface Said {
  said: string;
  /** Where somebody can do something about it. */
  remedy?: (fault: ReadFault, host: string | null) => string;
}

const SAID: Readonly<Record<FaultKind, Said>> = {
  no_answer: {
    said: 'no answer',
    remedy: ({ venue }, host) =>
      host === null ? 'check the network' : `check venues.${venue}.url and the network`,
  },
  unavailable: {
    said: 'it is not available',
    remedy: () => 'look at its status page and try again later',
  },
  too_many_requests: {
    said: 'it takes no more requests for now',
    remedy: () => 'wait, and look for what else uses this key or address',
  },
  not_sent: { said: 'nothing was sent' },
  key_refused: {
    said: 'it refuses the key',
    remedy: ({ venue }) => `check venues.${venue}.apiKey and .secret`,
  },
  not_permitted: {
    said: 'the key may not do this',
    remedy: ({ what }) => `give it the permission to ${isWrite(what) ? 'trade' : 'read'}`,
  },
  clock_or_nonce: {
    said: 'it refuses the time or the number of the request',
    remedy: () => 'check the clock of this host, and give Relight a key of its own',
  },
  malformed_answer: { said: 'its answer is malformed' },
  incomplete: { said: 'its answer may be incomplete' },
  lagging: { said: 'its books are behind' },
  unclear: { said: 'its answer leaves it open' },
  never_still: { said: 'it moved during every reading: something still trades there' },
  refused: { said: 'it refuses the request' },
  not_supported: { said: 'it cannot do this' },
  not_listed: { said: 'it does not list an instrument that was asked for' },
  not_configured: { said: 'it is not configured' },
  unexpected: { said: 'it could not be read' },
};

function isWrite(what: ReadFault['what']): boolean {
  return what === 'cancel' || what === 'dead-man switch';
}
