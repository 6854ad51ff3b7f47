/**
 * What the agent does about an engine of which there never was a sign.
 *
 * Invariant: whether something of it lives that could not be looked at is not known, and never a reason to start it.
 */
import { lifeUnseen } from '../../../activities/procedures/reading/life-unseen.js';
import type { CrashDependencies } from '../../../clients/detector/crashes.js';
import { unseenNotice } from '../../../workflows/domain/crash/unseen.js';
import { composeHost } from '../../compose/host.js';
import type { Config } from '../../config/schema.js';
import type { Telling } from './telling.js';

type Unseen = Required<Pick<CrashDependencies, 'tellUnseen' | 'mayLive'>>;

export function createUnseen(config: Config, send: Telling['send']): Unseen {
  const ports = composeHost(config);
  const { host } = config;
  return {
    tellUnseen: (engineId, told) => send(unseenNotice({ engineId, host, ...told })),
    async mayLive(engineId) {
      try {
        const life = await lifeUnseen(ports, engineId);
        return life.kind === 'nothing' ? null : life.detail;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return `whether it lives could not be seen (${code ?? 'unknown'})`;
      }
    },
  };
}
