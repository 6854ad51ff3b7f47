/**
 * `relight init`: a first configuration, written once and read back as every command reads it.
 *
 * Invariants: no file is ever overwritten; one that the product's own loader refuses does not stay.
 */
import { existsSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Beginning, InitAnswers } from '../../../clients/cli/answers/init.js';
import { KNOWN_VENUES } from '../../../clients/exchange/known-venues.js';
import { writtenIn } from '../../../clients/files/writing.js';
import { ConfigError } from '../../config/error.js';
import { configPath, loadConfig } from '../../config/load.js';
import { commandsOf } from './commands.js';
import { findProcesses, findUnits } from './processes.js';
import { configurationText } from './text.js';

/** It names no secret, and every process of Relight reads it. */
const MODE = 0o640;

export function beginning(): Beginning {
  const known: readonly string[] = KNOWN_VENUES;
  return {
    find: findProcesses,
    units: findUnits,
    knowsVenue: (name) => known.includes(name),
    pathFor: (configFile) => {
      const path = configPath(configFile);
      if (existsSync(path)) throw there(path);
      return path;
    },
    write: async (path, answers) => {
      writeOnce(path, configurationText(answers));
      try {
        loadConfig(path);
      } catch (error) {
        unlinkSync(path);
        throw error;
      }
      for (const folder of ['checkpoints', 'recovered']) {
        const made = resolve(dirname(path), folder);
        writtenIn(made, () => mkdirSync(made, { recursive: true }));
      }
      return { missing: missingIn(answers, dirname(path)) };
    },
  };
}

function missingIn({ control, venues, start }: InitAnswers, folder: string): string[] {
  const commands = control.by === 'http' ? [] : commandsOf(control);
  const scripts = commands.filter(({ isMissing }) => isMissing).map(({ name }) => name);
  const named = [
    ...(control.by === 'program' ? [control.program] : []),
    ...(start[0]?.includes('/') === true ? [start[0]] : []),
    ...venues.flatMap(({ apiKey, secret }) =>
      [apiKey, secret].flatMap((place) => ('file' in place ? [resolve(folder, place.file)] : [])),
    ),
  ];
  return [
    ...(scripts.length === 0
      ? []
      : [`commands ${scripts.join(', ')}: relight engine check says what takes their place`]),
    ...[...new Set(named)]
      .filter((path) => !existsSync(path))
      .map((path) => `${path}: put it there, or mend the configuration`),
  ];
}

function writeOnce(path: string, text: string): void {
  try {
    writtenIn(dirname(path), () => writeFileSync(path, text, { mode: MODE, flag: 'wx' }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw there(path);
    throw new ConfigError(`The configuration ${path} cannot be written: ${message}`);
  }
}

function there(path: string): ConfigError {
  return new ConfigError(
    `${path} is there already, and is never overwritten: name another with --config FILE, or change that one`,
  );
}
