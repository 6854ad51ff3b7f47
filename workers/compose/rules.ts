/**
 * The rules as the configuration file has them now: read again for each incident and each gate, so
 * that a revoked approver is refused without a restart.
 *
 * Invariant: a file that cannot be read, or is not valid, takes no rule away and adds none: the last
 * valid ones hold, and whoever asks is told so.
 */
import type { RuleSource } from '../../activities/ports.js';
import { hostOf } from '../config/engines.js';
import { ConfigError } from '../config/error.js';
import { integrationIn } from '../config/engine/integration.js';
import type { Config } from '../config/schema.js';

const OUTDATED =
  'the configuration file is not valid now, so the rules are those of before: any relight command ' +
  'that reads it names the fault';

export function composeRules(started: Config, reload: () => Config): RuleSource {
  let valid = started;
  return {
    ofEngine: async (engineId) => {
      let outdated: string | null = null;
      try {
        valid = reload();
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        outdated = OUTDATED;
      }
      const engine = Object.hasOwn(valid.engines, engineId) ? valid.engines[engineId] : undefined;
      if (engine === undefined) return null;
      const { approvers, host: readBy } = valid;
      const host = hostOf(valid, engine);
      const integration = integrationIn(engine);
      return { policy: engine.policy, approvers, integration, host, readBy, outdated };
    },
  };
}
