/**
 * The folder in which cores appear: a dump that begins, and one that has ended.
 *
 * Invariants: a file is a reason to look, and no death: that a process writes its core, or is gone, the
 * process table tells, so that the core of another program, one of an earlier life and a copy of one that
 * lives mean nothing; which core it is, its notes tell; one that is gone without a core is told too, because
 * this may be the only probe of its engine.
 */
import { basename } from 'node:path';
import { plain } from '../../../../workflows/domain/content/plain.js';
import type { EngineInstance } from '../../../../workflows/domain/crash/report.js';
import {
  coreFoldersOf,
  coreNamesOf,
  parseCorePattern,
  readCorePattern,
} from '../../../host/forensics/cores/core-pattern.js';
import { coreSeen, type CorePlace } from '../../../host/forensics/cores/find-core.js';
import { startOf } from '../../../host/forensics/life.js';
import { livenessOf } from '../../../host/process-table.js';
import { coreKind, type CoreSettings } from '../../kinds/core-folder.js';
import { defineProbe, type ProbeWatch } from '../probe.js';
import { keepLookingInto } from './folder-looks.js';

const LONGEST_NAME = 255;
/** What apport writes of a crash, which has no pid in its name. */
const REPORT = /\.crash$/;

export const coreProbe = defineProbe(coreKind, (entry, watch, { coreFolder }) => {
  let place: CorePlace = { folders: [], names: [] };
  /** Its crash may be told by now, and its dump goes on; then it takes its memory apart before it is gone. */
  let dumping: EngineInstance | null = null;
  async function look(): Promise<void> {
    const instance = watch.untold() ?? dumping;
    if (instance === null) return;
    const liveness = await livenessOf(instance.pid, instance.startTicks);
    if (liveness === 'dumping_core') dumping = instance;
    if (liveness === 'gone') dumping = null;
    if (liveness !== 'alive') await tell(instance, { liveness, place }, watch);
  }
  const folders = async () => {
    place = await placeOf(entry, coreFolder);
    return place.folders;
  };
  const isWanted = (name: string) =>
    REPORT.test(name) || place.names.some((each) => each.test(name));
  const { everyMs } = entry;
  return keepLookingInto({ everyMs, folders, isWanted }, watch, { kind: 'core', look });
});

async function placeOf({ folder, name }: CoreSettings, coreFolder: string): Promise<CorePlace> {
  const ofHost = await readCorePattern();
  const pattern = name === undefined ? ofHost : parseCorePattern(name, false);
  const folders = folder === undefined ? coreFoldersOf(ofHost, coreFolder) : [folder];
  return { folders, names: coreNamesOf(pattern) };
}

interface Seen {
  liveness: 'dumping_core' | 'gone';
  place: CorePlace;
}

async function tell(
  instance: EngineInstance,
  { liveness, place }: Seen,
  watch: ProbeWatch,
): Promise<void> {
  const { pid } = instance;
  const startedAtMs = startOf({ instance, detectedAtMs: Date.now() });
  const core = await coreSeen(place, { pid, startedAtMs });
  const name = core === null ? null : plain(basename(core.path), LONGEST_NAME);
  const where = `in ${place.folders.join(', ')}`;
  if (liveness === 'dumping_core') {
    const what = name === null ? `and none is ${where} yet` : `${name} ${where}`;
    const detail = `pid ${pid} writes its core: ${what}`;
    return watch.suspect({ instance, suspicion: 'dumping_core', probe: 'core_file', detail });
  }
  const left = name === null ? `no core of it is ${where}` : `has left ${name} ${where}`;
  const size = core === null ? '' : `, ${core.bytes} bytes`;
  const detail = `pid ${pid} is gone, and ${left}${size}`;
  watch.suspect({ instance, suspicion: 'dead', probe: 'core_file', detail });
}
