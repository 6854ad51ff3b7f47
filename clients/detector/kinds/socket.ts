/** `socket`: a connection over which the engine says hello. */
import { z } from 'zod';
import { defineKind } from './kind.js';
import { Path, period } from './values.js';

/** Memory that is given back, and threads that are waited for, take their time. */
export const GOODBYE_MS = 3_000;

export const SocketSettings = z.strictObject({
  kind: z.literal('socket'),
  socket: Path.describe('where the engine connects and says hello'),
  goodbyeMs: period({ least: 100, usual: GOODBYE_MS }).describe(
    'after its goodbye a process that is not gone by then is watched as before',
  ),
});

export const socketKind = defineKind({
  kind: 'socket',
  Settings: SocketSettings,
  paths: { socket: 'own' },
  once: true,
  names: () => true,
});
