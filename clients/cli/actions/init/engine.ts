/** The engine of a first configuration: how it is known, steered and started. */
import { resolve } from 'node:path';
import type { Beginning, ControlAnswer, FoundProcess, WatchAnswer } from '../../answers/init.js';
import { print, printLine, sayLine } from '../../output.js';
import { columnTable, type Column } from '../../tables/text.js';
import type { Asking } from './asking.js';
import type { Given, InitOptions } from './options.js';
import { isUrl } from './venues.js';

const FOUND: Column<FoundProcess>[] = [
  { title: 'pid', number: true, cell: ({ pid }) => String(pid) },
  { title: 'user', cell: ({ user }) => user },
  { title: 'folder', cell: ({ cwd }) => cwd },
  {
    title: 'listens',
    cell: ({ listens }) => listens.join(', '),
    onlyIf: (one) => one.listens.length > 0,
  },
  { title: 'unit', cell: ({ unit }) => unit ?? '', onlyIf: ({ unit }) => unit !== null },
  { title: 'command', cell: ({ argv }) => shortCommand(argv) },
];

const LONGEST_COMMAND = 60;

/** Arguments may hold what nobody else should read: the beginning tells which it is. */
function shortCommand(argv: readonly string[]): string {
  const whole = argv.slice(0, 2).join(' ');
  return whole.length > LONGEST_COMMAND ? `${whole.slice(0, LONGEST_COMMAND)}…` : whole;
}

/** The one that runs now, where the person names it. */
export async function foundProcess(
  beginning: Beginning,
  asking: Asking,
  options: InitOptions,
  engineId: string,
): Promise<FoundProcess | null> {
  const text = await asking.answer({
    flag: '--find',
    given: options.find,
    text: 'Part of its command line, if it runs now',
    otherwise: '',
  });
  if (text === '') return null;
  const [processes, units] = await Promise.all([beginning.find(text), beginning.units(engineId)]);
  if (processes.length > 0) print(columnTable(FOUND, processes));
  for (const unit of units) printLine(`service of systemd: ${unit}`);
  const [first, ...others] = processes;
  if (first === undefined) {
    sayLine(`no process has "${text}" in its command line`);
    return null;
  }
  const pid = await asking.answer({
    flag: '--find',
    given: others.length === 0 ? String(first.pid) : undefined,
    text: 'Its pid',
    otherwise: asking.isTyped ? String(first.pid) : null,
    refuses: (typed) =>
      processes.some((one) => String(one.pid) === typed) ? null : 'is none of those',
  });
  return processes.find((one) => String(one.pid) === pid) ?? null;
}

export async function watchOf(
  asking: Asking,
  { pidFile, unit, match }: InitOptions,
  found: FoundProcess | null,
): Promise<WatchAnswer> {
  if (unit !== undefined) return { by: 'unit', unit };
  if (match !== undefined) return { by: 'command', pattern: match };
  if (pidFile === undefined && found?.unit !== undefined && found.unit !== null) {
    return { by: 'unit', unit: found.unit };
  }
  const file = await asking.answer({
    flag: '--pid-file',
    given: pidFile,
    text: 'Its pid file, from the folder of the configuration (none: it says hello on a socket)',
    otherwise: '',
  });
  return file === '' ? { by: 'socket' } : { by: 'pid_file', file };
}

export async function controlOf(
  asking: Asking,
  { scripts, program, controlUrl }: InitOptions,
  folder: string,
): Promise<ControlAnswer> {
  const given = scripts ?? program ?? controlUrl;
  const told = await asking.answer({
    flag: '--scripts, --program or --control-url',
    given,
    text:
      'How it is steered: a folder of scripts, one program for all commands (both from the folder of the ' +
      'configuration), or the URL of its control surface over HTTP',
    otherwise: null,
    refuses: (typed) =>
      !typed.includes('://') || isUrl(typed) ? null : 'is no URL, as http://HOST:PORT is',
  });
  if (isUrl(told)) return { by: 'http', url: told };
  const path = resolve(folder, told);
  if (scripts !== undefined || (program === undefined && told.endsWith('/'))) {
    return { by: 'scripts', folder: path };
  }
  return { by: 'program', program: path };
}

export async function startOf(
  asking: Asking,
  { options, folder }: Given,
  control: ControlAnswer,
  found: FoundProcess | null,
): Promise<string[]> {
  const usual =
    control.by === 'program'
      ? `${control.program} run`
      : control.by === 'scripts'
        ? `${resolve(control.folder, 'start_services.sh')} --no-trading`
        : (found?.argv.join(' ') ?? null);
  const command = await asking.answer({
    flag: '--start',
    given: options.start,
    text: 'The command that starts it without trading',
    otherwise: usual,
  });
  const [program = '', ...rest] = command.split(/\s+/).filter((word) => word !== '');
  return [program.includes('/') ? resolve(folder, program) : program, ...rest];
}
