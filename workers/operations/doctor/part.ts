/** What a check is made of. A new one is a module of this folder, a name in the domain, and a line in table.ts. */
import type { VenueAccount } from '../../../activities/ports.js';
import type { ServerLook } from '../../../clients/temporal/server-look.js';
import type { CheckName, Finding, Group } from '../../../workflows/domain/readiness/finding.js';
import { enginesHere } from '../../config/engines.js';
import type { Config, EngineConfig } from '../../config/schema.js';
import type { SecretFault } from '../../config/secrets.js';

export interface Looking {
  config: Config;
  /** Those that are asked about. */
  engines: readonly (readonly [engineId: string, engine: EngineConfig])[];
  sendTestNotice: boolean;
  /** One connection to each venue, whoever asks. */
  accountsOf: (engineId: string) => VenueAccount[];
  /** One connection, made when it is first asked for. Fails with a TemporalUnreachable. */
  server: () => Promise<ServerLook>;
}

/** One look, and what it is at. */
export interface Part {
  subject: string | null;
  /** Folders on disks that may hang; each is asked for an answer first. */
  touches: readonly string[];
  /** How the settings begin whose secrets it takes: where one of them is at fault, `secrets` tells that, alone. */
  secretsOf?: string;
  look: () => Promise<readonly Finding[]>;
}

export interface Check {
  name: CheckName;
  group: Group;
  parts: (looking: Looking) => Part[];
}

export const NOWHERE: readonly string[] = [];

/** Of each that lives here: of the others, their own host knows. */
export function livingHere({ config, engines }: Looking) {
  const here = new Set(enginesHere(config).map(([engineId]) => engineId));
  return engines.filter(([engineId]) => here.has(engineId));
}

/** Nothing of it can be looked at without its secret, and what that lacks is told once. */
export function withoutItsSecret({ secretsOf }: Part, faults: readonly SecretFault[]): boolean {
  if (secretsOf === undefined) return false;
  return faults.some(({ fields }) => fields.some((field) => field.startsWith(secretsOf)));
}

type OfEngine = (engineId: string, engine: EngineConfig) => Omit<Part, 'subject'>;

export function eachHere(looking: Looking, part: OfEngine): Part[] {
  return livingHere(looking).map(([engineId, engine]) => ({
    subject: engineId,
    ...part(engineId, engine),
  }));
}
