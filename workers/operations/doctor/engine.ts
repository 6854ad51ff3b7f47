/** The engine itself: whether its death would be seen now, and what it would be brought back from. */
import { GONE } from '../../../activities/procedures/checkpoints.js';
import { signsOf } from '../../../clients/detector/signs.js';
import { unseenSinceMs } from '../../../clients/detector/unseen.js';
import { watchedInstance } from '../../../clients/detector/watched.js';
import {
  fault,
  ok,
  unverified,
  warning,
  type Finding,
} from '../../../workflows/domain/readiness/finding.js';
import { judgeSight } from '../../../workflows/domain/readiness/watched.js';
import { composeHost, composePlace } from '../../compose/host.js';
import { shadowsOf } from '../../config/engine/checkpoints.js';
import { ConfigError } from '../../config/error.js';
import { verifyCheckpoint } from '../checkpoints.js';
import { whyOf } from '../why.js';
import { eachHere, type Check } from './part.js';

export const process: Check = {
  name: 'process',
  group: 'engine',
  parts: (looking) => {
    const { config } = looking;
    return eachHere(looking, (engineId, { liveness, forensics }) => ({
      touches: [config.dataDir],
      look: async () => {
        const whose = { stateFolder: config.dataDir, engineId };
        try {
          const [living, noted, unseen, { named }] = await Promise.all([
            composeHost(config, { mustEnd: true }).processes.ofEngine(engineId),
            watchedInstance({ ...whose, place: composePlace(config) }),
            unseenSinceMs(whose),
            signsOf(liveness, forensics),
          ]);
          return [judgeSight({ living, noted, unseenSinceMs: unseen, named })];
        } catch (error) {
          const remedy = 'run relight doctor as the user of the agent, or as root';
          return [unverified(`whether it lives could not be seen (${whyOf(error)})`, remedy)];
        }
      },
    }));
  },
};

/** Where the engine writes none. */
function withoutOwn(shadows: ReturnType<typeof shadowsOf>): Finding {
  return shadows === null
    ? warning(
        'there are neither checkpoints nor shadows of it: a recovery would begin from the exchanges, and ask',
        'leave checkpoints.kind none out, so that a worker writes shadows',
      )
    : ok(`it writes none: a worker writes a shadow every ${shadows.everyMs} ms, or seldomer`);
}

function insteadOf(shadows: ReturnType<typeof shadowsOf>): string {
  return shadows === null
    ? 'a recovery would begin from the exchanges, and ask'
    : 'a recovery would begin from the newest shadow of a worker, and ask what that cannot tell';
}

const ADVICE = 'docs/checkpoint.md says what it must hold';

export const checkpoint: Check = {
  name: 'checkpoint',
  group: 'engine',
  parts: (looking) =>
    eachHere(looking, (engineId, { checkpoints }) => ({
      touches: checkpoints.written === null ? [] : [checkpoints.written],
      look: async () => {
        if (checkpoints.written === null) return [withoutOwn(shadowsOf({ checkpoints }))];
        try {
          const newest = await verifyCheckpoint(looking.config, engineId);
          const { path, valid, errors, warnings, ageMs } = newest;
          const age = ageMs === null ? '' : `, ${Math.round(ageMs / 1_000)} s old`;
          if (errors.includes(GONE)) return [unverified(`${path}: ${GONE}`, 'try again')];
          if (!valid) return [fault(`${path} is not valid: ${errors.join('; ')}`, ADVICE)];
          const found = `${path} is valid${age}`;
          return warnings.length === 0
            ? [ok(found)]
            : [warning(`${found}; ${warnings.join('; ')}`, ADVICE)];
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          const found = `${whyOf(error)}: ${insteadOf(shadowsOf({ checkpoints }))}`;
          return [warning(found, 'have the engine write them, and name the folder')];
        }
      },
    })),
};
