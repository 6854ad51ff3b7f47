/** `heartbeat`: a record in a file, which the engine writes. */
import { z } from 'zod';
import { defineKind } from './kind.js';
import { Path } from './values.js';

export const HeartbeatSettings = z.strictObject({
  kind: z.literal('heartbeat'),
  file: Path.describe('the record that the engine writes every second'),
});

export const heartbeatKind = defineKind({
  kind: 'heartbeat',
  Settings: HeartbeatSettings,
  paths: { file: 'own' },
  once: true,
  names: () => true,
});
