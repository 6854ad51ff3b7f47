/** Whether somebody can answer, now. Keys that cannot be used keep a configuration from being valid at all. */
import { ableAt } from '../../../workflows/domain/gates/approver.js';
import {
  answeredAlike,
  judgeKeys,
  judgePeople,
} from '../../../workflows/domain/readiness/people.js';
import { NOWHERE, type Check } from './part.js';

export const gates: Check = {
  name: 'gates',
  group: 'people',
  parts: ({ config, engines }) => [
    {
      subject: null,
      touches: NOWHERE,
      look: async () => judgeKeys(config.approvers, Date.now()),
    },
    ...engines.map(([engineId, { policy }]) => ({
      subject: engineId,
      touches: NOWHERE,
      look: async () =>
        answeredAlike(policy, ableAt(config.approvers, Date.now())).map((alike) =>
          judgePeople(alike, engineId),
        ),
    })),
  ],
};
