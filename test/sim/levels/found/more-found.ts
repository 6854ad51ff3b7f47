/** More that a recovery may find, at the level of workflows: each was added because a planted bug shows there alone. */
import type { ControlPlaneActivities } from '../../../../workflows/contract/index.js';
import type { Situation } from './also-found.js';
import { inTurn, pass, softFailure, windows } from '../../../workflows/fakes/troubles.js';

type Books = Awaited<ReturnType<ControlPlaneActivities['compareBooks']>>;
const agree: Books = { differing: [], orders: [], unread: [] };

export const MORE: Record<string, Situation> = {
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
    rules: { gates: { kinds: { volatility: { quorum: 2 }, exposure: { quorum: 2 } } } },
  },
};
