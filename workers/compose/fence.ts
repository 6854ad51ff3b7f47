/** The fence of epochs, and the kill switch with it. */
import { join } from 'node:path';
import { createFence } from '../../clients/host/fence.js';
import type { Config } from '../config/schema.js';

export function composeFence(config: Config) {
  return createFence(join(config.dataDir, 'fence'));
}
