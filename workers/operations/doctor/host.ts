/** This machine, where an engine lives on it. */
import { roomAt, usable, type Usable } from '../../../clients/host/readiness/folders.js';
import {
  lookAtDebugger,
  lookAtKernelEvents,
  lookAtKernelLog,
} from '../../../clients/host/readiness/tools.js';
import { privateFolders, type PrivateFolder } from '../../../clients/host/private-folders.js';
import {
  fault,
  ok,
  unverified,
  warning,
  type Finding,
} from '../../../workflows/domain/readiness/finding.js';
import { judgeRoom } from '../../../workflows/domain/readiness/host.js';
import { livingHere, NOWHERE, type Check, type Looking, type Part } from './part.js';

function here(looking: Looking, part: Omit<Part, 'subject'>): Part[] {
  return livingHere(looking).length === 0 ? [] : [{ subject: null, ...part }];
}

export const privateFoldersHere: Check = {
  name: 'private_folders',
  group: 'host',
  parts: (looking) => {
    const { dataDir } = looking.config;
    const look = async () => {
      const base = judgedBase(dataDir, await usable(dataDir, 'write'));
      if (base !== null) return [base];
      const wrong = (await privateFolders(dataDir)).flatMap(judged);
      return wrong.length === 0 ? [ok(`what is the agent's own in ${dataDir} is closed`)] : wrong;
    };
    return here(looking, { touches: [dataDir], look });
  },
};

/** Null where there is something to look into. */
function judgedBase(dataDir: string, found: Usable): Finding | null {
  if (found.kind === 'yes') return null;
  if (found.kind === 'absent' && found.canBeMade) {
    return ok(`${dataDir} is not there yet, and can be made`);
  }
  const why = found.kind === 'no' ? found.code : 'it is not there, and cannot be made';
  return fault(
    `dataDir ${dataDir} cannot be written to (${why})`,
    'give it to the user of the agent, who should be the one who looks',
  );
}

function judged(found: PrivateFolder): Finding[] {
  const { path } = found;
  switch (found.kind) {
    case 'private':
      return [];
    case 'open':
      return [warning(`${path} stands open to others`, `chmod 700 ${path}`)];
    case 'no_folder':
      return [fault(`${path} is a link, not a folder`, 'move what it names here')];
    case 'foreign':
      return [
        unverified(
          `${path} belongs to uid ${found.uid}, and not to who looks`,
          'run relight doctor as the user of the agent',
        ),
      ];
  }
}

export const freeSpace: Check = {
  name: 'free_space',
  group: 'host',
  parts: (looking) => {
    const ofEngines = livingHere(looking).flatMap(([, { checkpoints, forensics }]) => [
      ...(checkpoints.written === null ? [] : [checkpoints.written]),
      checkpoints.recovered,
      forensics.coreFolder,
    ]);
    return [...new Set([looking.config.dataDir, ...ofEngines])].map((path) => ({
      subject: path,
      touches: [path],
      look: async () => [judgeRoom(await roomAt(path))],
    }));
  },
};

export const debuggerHere: Check = {
  name: 'debugger',
  group: 'host',
  parts: (looking) =>
    here(looking, { touches: NOWHERE, look: async () => [await lookAtDebugger()] }),
};

export const kernelLog: Check = {
  name: 'kernel_log',
  group: 'host',
  parts: (looking) =>
    here(looking, { touches: NOWHERE, look: async () => [await lookAtKernelLog()] }),
};

export const kernelEvents: Check = {
  name: 'kernel_events',
  group: 'host',
  parts: (looking) => here(looking, { touches: NOWHERE, look: lookAtKernelEvents }),
};
