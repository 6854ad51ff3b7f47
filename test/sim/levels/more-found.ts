/** More that a recovery may find, at the level of workflows: each was added because a planted bug shows there alone. */
import type { ControlPlaneActivities } from '../../../workflows/contract/index.js';
import type { Fakes } from '../../workflows/fakes/engine.js';
import type { quickPolicy } from '../../workflows/fakes/policy.js';
import { inTurn, pass, softFailure, windows } from '../../workflows/fakes/troubles.js';

interface Found {
  fakes?: () => Fakes;
  policy?: Parameters<typeof quickPolicy>[0];
}

type Books = Awaited<ReturnType<ControlPlaneActivities['compareBooks']>>;
const agree: Books = { differing: [], orders: [], unread: [] };

export const MORE: Record<string, Found> = {
  'windows that fail again and again': {
    fakes: () => windows(pass, softFailure, pass, softFailure, pass, softFailure, pass),
  },
  'books that cannot be read before a stage': {
    fakes: () => ({ compareBooks: inTurn({ ...agree, unread: ['beta'] }, agree) }),
  },
  'a channel that takes nothing at first': {
    fakes: () => ({ notify: async () => ({ undelivered: [{ channel: 'chat', why: 'away' }] }) }),
  },
  'two who must agree about a market': {
    policy: { gates: { kinds: { volatility: { quorum: 2 }, exposure: { quorum: 2 } } } },
  },
};
