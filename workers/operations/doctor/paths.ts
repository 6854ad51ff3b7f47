/** What the configuration names on this machine for an engine: programs, folders, logs. */
import { dirname, resolve } from 'node:path';
import { COMMAND_NAMES } from '../../../clients/engine/commands/command-names.js';
import { programAt, usable, type Usable } from '../../../clients/host/readiness/folders.js';
import {
  fault,
  ok,
  unverified,
  warning,
  type Finding,
} from '../../../workflows/domain/readiness/finding.js';
import { counted } from '../../../workflows/domain/content/counted.js';
import { startCommand } from '../../config/engine/control.js';
import { processEnvironment } from '../../config/environment.js';
import type { EngineConfig } from '../../config/schema.js';
import { eachHere, type Check } from './part.js';

export const programs: Check = {
  name: 'programs',
  group: 'engine',
  parts: (looking) =>
    eachHere(looking, (engineId, { control, forensics: { executable } }) => ({
      touches: [dirname(executable)],
      look: async () => {
        const field = `engines.${engineId}`;
        const path = control.environment['PATH'] ?? processEnvironment()['PATH'] ?? '';
        const [starts, traced, commands] = await Promise.all([
          startFinding(control, path, field),
          programAt(executable, ''),
          commandFindings(control, path, field),
        ]);
        return [
          starts,
          ...commands,
          traced === null
            ? warning(
                `forensics.executable: ${executable} is no program here, so a core has no names in it`,
                `mend ${field}.forensics.executable`,
              )
            : ok(`cores are read with ${traced}`),
        ];
      },
    })),
};

type Control = EngineConfig['control'];

/** One that is missing is found at night, by the recovery or by the kill switch. */
async function commandFindings(control: Control, path: string, field: string): Promise<Finding[]> {
  if (control.kind !== 'commands') return [];
  const named = COMMAND_NAMES.flatMap((name) => {
    const command = control.commands[name];
    if (command === undefined) return [];
    const argvs = 'argv' in command ? [command.argv, ...levelsOf(command)] : [command];
    return argvs.map(([program = '']) => ({ name, program: inFolder(control, program) }));
  });
  const looked = await Promise.all(
    named.map(async (one) => ((await programAt(one.program, path)) === null ? [one] : [])),
  );
  const missing = looked
    .flat()
    .map(({ name, program }) =>
      fault(
        `control.commands.${name}: ${program} is no program here`,
        `install it, mend ${field}.control.commands.${name}, or leave it out: something else takes its place then`,
      ),
    );
  if (named.length === 0 || missing.length > 0) return missing;
  return [
    ok(
      `the programs of ${counted(new Set(named.map(({ name }) => name)).size, 'command')} are here`,
    ),
  ];
}

function levelsOf(command: object): string[][] {
  return 'levels' in command ? Object.values(command.levels as Record<string, string[]>) : [];
}

/** As the shell finds it, which stands in the folder where it works. */
function inFolder({ workingFolder }: Control, named: string): string {
  return named.includes('/') ? resolve(workingFolder, named) : named;
}

async function startFinding(control: Control, path: string, field: string): Promise<Finding> {
  const { start } = control;
  if (start === null) return ok('it is started by a person, at a gate');
  const [named = ''] = startCommand(start).argv;
  const program = inFolder(control, named);
  const found = await programAt(program, path);
  return found === null
    ? fault(
        `control.start: ${program} is no program here`,
        `install it, or mend ${field}.control.start`,
      )
    : ok(`it is started by ${found}`);
}

interface Need {
  field: string;
  path: string;
  use: 'read' | 'write';
  /** Made by whoever needs it. */
  isMade: boolean;
}

function needsOf({ checkpoints, journal, control, forensics }: EngineConfig): Need[] {
  const { written, recovered } = checkpoints;
  // An engine of another user than the agent's writes there itself.
  const use = control.user === null ? 'write' : 'read';
  const { workingFolder: works, logFile } = control;
  return [
    ...(written === null
      ? []
      : [{ field: 'checkpoints.written', path: written, use: 'read', isMade: false } as const]),
    { field: 'checkpoints.recovered', path: recovered, use: 'write', isMade: true },
    ...(journal === null
      ? []
      : [{ field: 'journal.folder', path: journal.folder, use: 'read', isMade: false } as const]),
    ...(logFile === null
      ? []
      : [
          { field: 'control.workingFolder', path: works, use, isMade: true } as const,
          { field: 'control.logFile', path: dirname(logFile), use, isMade: true } as const,
        ]),
    { field: 'forensics.coreFolder', path: forensics.coreFolder, use: 'read', isMade: false },
  ];
}

export const folders: Check = {
  name: 'folders',
  group: 'engine',
  parts: (looking) =>
    eachHere(looking, (engineId, engine) => {
      const needs = needsOf(engine);
      const look = async () => {
        const looked = needs.map(async (need) => judged(need, await usable(need.path, need.use)));
        const wrong = (await Promise.all(looked)).flat();
        return wrong.length === 0 ? [ok(`what ${engineId} needs can be used`)] : wrong;
      };
      return { touches: needs.map(({ path }) => path), look };
    }),
};

function judged({ field, path, use, isMade }: Need, found: Usable): Finding[] {
  switch (found.kind) {
    case 'yes':
      return [];
    case 'no': {
      const to = use === 'write' ? 'written to' : 'read';
      return [fault(`${field}: ${path} cannot be ${to} (${found.code})`, mending(path))];
    }
    case 'absent':
      if (isMade && found.canBeMade) return [];
      return isMade
        ? [fault(`${field}: ${path} is not there, and cannot be made`, mending(path))]
        : [warning(`${field}: ${path} is not there`, `make it, or mend ${field}`)];
  }
}

function mending(path: string): string {
  return `give ${path} to the user of the agent, who should be the one who looks`;
}

export const logs: Check = {
  name: 'logs',
  group: 'engine',
  parts: (looking) =>
    eachHere(looking, (engineId, { forensics, control }) => {
      const own = control.logFile === null ? [] : [control.logFile];
      const all = [...new Set([...forensics.logs, ...own])];
      if (all.length === 0) return { touches: [], look: async () => [noLogs(engineId)] };
      const look = async () => {
        const looked = all.map(async (path) => judgedLog(path, await usable(path, 'read')));
        const wrong = (await Promise.all(looked)).flat();
        return wrong.length === 0 ? [ok(`${all.join(', ')} can be read`)] : wrong;
      };
      return { touches: all.map(dirname), look };
    }),
};

function noLogs(engineId: string): Finding {
  const remedy = `name its logs under engines.${engineId}.forensics.logs`;
  return warning('no log of it is named, so none is evidence', remedy);
}

function judgedLog(path: string, found: Usable): Finding[] {
  if (found.kind === 'yes') return [];
  if (found.kind === 'absent') {
    return [warning(`${path} is not there`, 'start the engine once, or mend forensics.logs')];
  }
  return found.code === 'EACCES'
    ? [
        warning(
          `${path} cannot be read (EACCES)`,
          'let the user of the agent read it, by its group',
        ),
      ]
    : [unverified(`${path} cannot be read (${found.code})`, 'look at it by hand')];
}
