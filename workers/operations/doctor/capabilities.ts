/** What an engine offers, from its configuration: the lines of `relight engine check`. */
import { judgeCapabilities } from '../../../workflows/domain/readiness/capabilities.js';
import { capabilitiesIn } from '../../config/engine/integration.js';
import { NOWHERE, type Check } from './part.js';

export const capabilities: Check = {
  name: 'capabilities',
  group: 'engine',
  parts: ({ engines }) =>
    engines.map(([engineId, engine]) => ({
      subject: engineId,
      touches: NOWHERE,
      look: async () => judgeCapabilities(capabilitiesIn(engine)),
    })),
};
