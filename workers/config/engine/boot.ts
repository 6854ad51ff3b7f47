/** How an engine comes to hold the recovered state, by its configuration. */
import { bootOf, type Boot } from '../../../workflows/domain/engine/boot.js';
import { startCommand } from './control.js';
import { offersOf } from './offers.js';
import type { EngineConfig } from '../schema.js';

export function bootOfEngine({ checkpoints, control }: EngineConfig): Boot {
  const { updatePosition, importOrder, sync } = offersOf({ control });
  const takesEntries = updatePosition !== undefined || importOrder !== undefined;
  return bootOf({
    boot: checkpoints.boot,
    imports: checkpoints.imports ?? usualTime(control),
    takesFile: takesFile(control, takesEntries),
    takesEntries,
    syncs: sync !== undefined,
  });
}

type Control = EngineConfig['control'];

/** Over HTTP it is the engine itself that is told, and it must run to hear it. */
function usualTime({ kind }: Control): Boot['imports'] {
  return kind === 'http' ? 'after_start' : 'before_start';
}

/** Over HTTP it may find the file by its folder; a bot has its own database; a command is given it or knows of none. */
function takesFile({ kind, start }: Control, takesEntries: boolean): boolean {
  if (kind === 'freqtrade') return false;
  if (kind === 'http' && !takesEntries) return true;
  return start !== null && startCommand(start).argv.some((arg) => arg.includes('{state}'));
}
