/** `systemd`: a service whose failure systemd tells, by `OnFailure=` and `relight unit-failed`. */
import { z } from 'zod';
import { defineKind } from './kind.js';
import { Unit } from './naming.js';
import { period } from './values.js';

const SystemdSettings = z.strictObject({
  kind: z.literal('systemd'),
  unit: Unit,
  everyMs: period({ least: 100, usual: 2_000 }).describe(
    'how often it is looked at beside what is told at once',
  ),
});

export const systemdKind = defineKind({
  kind: 'systemd',
  Settings: SystemdSettings,
  names: () => true,
});
