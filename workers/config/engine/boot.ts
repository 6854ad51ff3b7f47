/** How an engine comes to hold the recovered state, by its configuration. */
import { bootOf, type Boot } from '../../../workflows/domain/engine/boot.js';
import { startCommand } from './control.js';
import type { EngineConfig } from '../schema.js';

export function bootOfEngine({ checkpoints, control }: EngineConfig): Boot {
  const { boot, imports } = checkpoints;
  return bootOf({ boot, imports, takesFile: takesFile(control), ...entriesOf(control) });
}

type Control = EngineConfig['control'];

/** Over HTTP it may find the file by its folder; a bot has its own database; a command is given it or knows of none. */
function takesFile({ kind, start }: Control): boolean {
  if (kind === 'http' || kind === 'freqtrade' || start === null) return kind === 'http';
  return startCommand(start).argv.some((arg) => arg.includes('{state}'));
}

function entriesOf(control: Control): { takesEntries: boolean; syncs: boolean } {
  if (control.kind !== 'commands')
    return { takesEntries: false, syncs: control.kind === 'freqtrade' };
  const { updatePosition, importOrder, sync } = control.commands;
  const takesEntries = updatePosition !== undefined || importOrder !== undefined;
  return { takesEntries, syncs: sync !== undefined };
}
