/** Whether somebody can answer. Keys that cannot be used keep a configuration from being valid at all. */
import { answeredAlike, judgePeople } from '../../../workflows/domain/readiness/people.js';
import { NOWHERE, type Check } from './part.js';

export const gates: Check = {
  name: 'gates',
  group: 'people',
  parts: ({ config, engines }) =>
    engines.map(([engineId, { policy }]) => ({
      subject: engineId,
      touches: NOWHERE,
      look: async () =>
        answeredAlike(policy, config.approvers).map((alike) => judgePeople(alike, engineId)),
    })),
};
