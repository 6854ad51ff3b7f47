/** The log of the worker as a channel: for operators and machines, beside those that wake people. */
import type { Logger } from 'pino';
import type { Channel } from '../../activities/ports.js';
import { LOG_CHANNEL } from './settings.js';

const LEVELS = { info: 'info', warning: 'warn', critical: 'error' } as const;

export function createLogChannel(logger: Logger): Channel {
  return {
    name: LOG_CHANNEL,
    send: async (notice) => {
      logger[LEVELS[notice.severity]]({ notice }, notice.title);
    },
  };
}
