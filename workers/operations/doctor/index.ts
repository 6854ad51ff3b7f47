/**
 * `relight doctor`: every check side by side.
 *
 * Invariants: a check that fails, hangs or is on a disk that does not answer is `unverified`, and keeps no other
 * from its end; what one secret lacks is told once, whoever needs it; no text but ours and codes of the system is told of a failure.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { askingOnce } from '../../../clients/host/answering.js';
import type { DoctorAnswer, DoctorRow } from '../../../clients/cli/answers/doctor.js';
import { fault, unverified, type Finding } from '../../../workflows/domain/readiness/finding.js';
import { composeVenues } from '../../compose/venues.js';
import { engineOf } from '../../config/engines.js';
import { ConfigError } from '../../config/error.js';
import type { Config } from '../../config/schema.js';
import { secretFaults, type SecretFault } from '../../config/secrets.js';
import { whyOf } from '../why.js';
import { openServer } from './temporal.js';
import { withoutItsSecret, type Looking, type Part } from './part.js';
import { CHECKS } from './table.js';

/** A venue that is away is tried twice in it. */
const LONGEST_MS = 20_000;

export interface DoctorOptions {
  sendTestNotice: boolean;
  longestMs?: number;
  checks?: typeof CHECKS;
}

export async function runDoctor(
  config: Config,
  engineIds: readonly string[],
  { sendTestNotice, longestMs = LONGEST_MS, checks = CHECKS }: DoctorOptions,
): Promise<DoctorAnswer> {
  const engines = engineIds.map((id) => [id, engineOf(config, id)] as const);
  const server = openServer(config);
  const accountsOf = accountsIn(config);
  const looking: Looking = { config, engines, sendTestNotice, accountsOf, server: server.open };
  const bounded = boundedBy(config, longestMs);
  try {
    const rows = await Promise.all(
      checks.flatMap(({ name: check, group, parts }) => {
        return parts(looking).map(async (part) =>
          rowsOf({ check, group }, part, await bounded(part)),
        );
      }),
    );
    return { host: config.host, engines: [...engineIds], atMs: Date.now(), checks: rows.flat() };
  } finally {
    await server.close();
  }
}

function accountsIn(config: Config): Looking['accountsOf'] {
  const venues = composeVenues(config);
  return (engineId) => venues.ofEngine(engineId);
}

function rowsOf(
  of: Pick<DoctorRow, 'check' | 'group'>,
  { subject }: Part,
  findings: readonly Finding[],
): DoctorRow[] {
  return findings.map((finding) => ({ ...of, subject, ...finding }));
}

function boundedBy(config: Config, longestMs: number): (part: Part) => Promise<readonly Finding[]> {
  const isThere = askingOnce();
  let faults: readonly SecretFault[] | null = null;
  return async (part) => {
    const { touches, look, secretsOf } = part;
    const there = await Promise.all(touches.map(isThere));
    const dead = touches.find((_folder, index) => there[index] !== true);
    if (dead !== undefined) return [unverified(`${dead} does not answer`, 'look for a dead mount')];
    if (secretsOf !== undefined && withoutItsSecret(part, (faults ??= secretFaults(config)))) {
      return [unverified('not looked at: a secret of it is at fault', 'see what secrets says')];
    }
    return inTime(look().catch(untold), longestMs);
  };
}

async function inTime(
  looking: Promise<readonly Finding[]>,
  longestMs: number,
): Promise<readonly Finding[]> {
  const timer = new AbortController();
  const late = sleep(longestMs, null, { signal: timer.signal }).catch(() => null);
  const found = await Promise.race([looking, late]);
  timer.abort();
  const words = `it did not end within ${Math.round(longestMs / 1_000)} s`;
  return found ?? [unverified(words, 'try again, and look what hangs: a disk, the network')];
}

function untold(error: unknown): Finding[] {
  const why = whyOf(error);
  return error instanceof ConfigError
    ? [fault(why, 'mend the configuration, or look where this part of it is used')]
    : [unverified(`it could not be looked at (${why})`, 'try again as the user of the agent')];
}
