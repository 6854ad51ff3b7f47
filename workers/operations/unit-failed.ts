/** What systemd says of a service that has failed, kept for the agent of this machine. */
import type { UnitFailure } from '../../workflows/domain/crash/unit-failure.js';
import { composeUnitFailures } from '../compose/crashes.js';
import { enginesHere } from '../config/engines.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';

/** Gives the engines of this host that the service is of. */
export async function noteUnitFailure(config: Config, failure: UnitFailure): Promise<string[]> {
  const engines = enginesHere(config).flatMap(([engineId, { liveness }]) =>
    liveness.some((entry) => entry.kind === 'systemd' && entry.unit === failure.unit)
      ? [engineId]
      : [],
  );
  if (engines.length === 0) {
    throw new ConfigError(
      `No engine of this host has "kind: systemd, unit: ${failure.unit}" in its liveness.`,
    );
  }
  await composeUnitFailures(config).keep(failure);
  return engines;
}
