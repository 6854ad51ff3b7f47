/**
 * One machine with engines: its disk, its processes, and what is noted there of the engine that was heard of last.
 *
 * Invariant: all of this outlives the agent, which is a process like others.
 */
import type { Contained } from '../../../../workflows/domain/crash/contained.js';
import type { ContainmentRules } from '../../../../workflows/domain/policy/handed-down.js';
import type { ReportedInstance } from '../../../../workflows/domain/crash/report.js';
import type { EngineConfig } from '../../../../sandbox/engine/config.js';
import { openLine } from '../engine/control-line.js';
import { EngineProcesses, type EngineLife } from '../engine/processes.js';
import type { Around } from '../around.js';
import type { Random } from '../../time/random.js';
import { MachineDisk } from './machine-disk.js';
import type { Place } from '../../../../clients/host/place.js';

interface Watched {
  instance: ReportedInstance;
  ended: 'no' | 'goodbye' | 'reported';
  /** Where it ran: a later boot is another place. */
  place: Place;
}

export interface Host {
  name: string;
  place: Place;
  files: MachineDisk;
  processes: EngineProcesses;
  /** As the detector keeps it on disk. */
  watched: Watched | null;
  /** Rules that the guardian handed down, and what was done by them: instance → what. */
  handedDown: ContainmentRules | null;
  /** Nobody hands it any down. */
  isUntold: boolean;
  contained: Map<string, Contained>;
  /** Engines that live here by the configuration. */
  engines: readonly string[];
  /** They do not tell what they figure their exposure at. */
  hidesExposure: boolean;
  /** Asked of each request to a control surface; a fault stands here. */
  controlTrouble: (path: string) => 'lost' | 'unanswered' | null;
  /** Seen before a write is done: by what judges the moment of resuming. */
  onWrite: (path: string, body: unknown, life: EngineLife) => void;
}

export function openHost(
  around: Around,
  { config, ...of }: Pick<Host, 'name' | 'engines' | 'hidesExposure'> & { config: EngineConfig },
): Host {
  const { market, facts, random } = around;
  const { name } = of;
  const files = new MachineDisk();
  const processes = new EngineProcesses({ host: name, files, market, config, lives: facts.lives });
  const host: Host = {
    ...of,
    files,
    processes,
    place: placeOf(name, 1),
    watched: null,
    handedDown: null,
    isUntold: false,
    contained: new Map(),
    controlTrouble: () => null,
    onWrite: () => undefined,
  };
  openLine(name, {
    processes,
    random: random(`control ${name}`),
    calls: facts.calls,
    troubleOf: (path) => host.controlTrouble(path),
    onWrite: (path, body, life) => host.onWrite(path, body, life),
  });
  return host;
}

function placeOf(host: string, boot: number): Place {
  return { host, bootId: `boot-${boot}-of-${host}`, pidNamespace: 'pid:[1]' };
}

/** All that runs there ends at once, and nobody is there to see it; it begins anew as another boot. */
export function losePower(host: Host, boot: number, random: Random): void {
  const { processes, files, name } = host;
  processes.watcher = null;
  for (const life of processes.living) processes.end(life, { code: null, signal: null });
  files.cutPower(random);
  host.place = placeOf(name, boot);
}
