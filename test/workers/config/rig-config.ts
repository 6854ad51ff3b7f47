/** Relight's configuration of a rig's engine and venues. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INSTRUMENTS } from '../../../sandbox/demo/settings.js';
import type { EngineVenueId } from '../../../sandbox/venues/index.js';
import { Config } from '../../../workers/config/schema.js';
import { ENGINE_ID, type Rig } from '../../sandbox/engine/rig.js';

interface EngineFile {
  controlPort: number;
  venues: Record<string, { url: string; apiKey: string; secret: string }>;
}

export function engineFile({ dataDir }: Rig): EngineFile {
  return JSON.parse(readFileSync(join(dataDir, 'engine.json'), 'utf8')) as EngineFile;
}

/** Relight's own configuration of the rig's engine; `change` breaks it. */
export function configOf(rig: Rig, control: object = {}): Config {
  const { controlPort, venues } = engineFile(rig);
  const at = (name: string) => join(rig.dataDir, name);
  const secretFile = (name: string, content: string) => {
    writeFileSync(at(name), content, { mode: 0o600 });
    return { file: at(name) };
  };
  return Config.parse({
    dataDir: at('relight'),
    host: 'engine-host',
    venues: Object.fromEntries(
      Object.entries(venues).map(([venue, { url, apiKey, secret }]) => [
        venue,
        {
          ccxt: venue,
          url,
          apiKey: secretFile(`${venue}.key`, apiKey),
          secret: secretFile(`${venue}.secret`, secret),
          instruments: INSTRUMENTS[venue as EngineVenueId],
        },
      ]),
    ),
    engines: {
      [ENGINE_ID]: {
        venues: Object.keys(venues),
        orderIdPrefix: 'rl-',
        liveness: { socket: at('liveness.sock'), heartbeatFile: at('heartbeat') },
        checkpoints: { written: rig.checkpointDir, recovered: at('recovered') },
        forensics: { coreFolder: rig.dataDir, executable: process.execPath },
        control: {
          kind: 'http',
          url: `http://127.0.0.1:${controlPort}`,
          start: ['true'],
          workingFolder: rig.dataDir,
          logFile: at('engine.log'),
          timeoutMs: 1_000,
          ...control,
        },
      },
    },
  });
}
