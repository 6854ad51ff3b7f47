/** `relight crashes`: what the agent of this machine has seen die, and what people were not told yet. */
import { counted } from '../../../workflows/domain/content/counted.js';
import type { Operations } from '../operations.js';
import { EXIT, print, printJson } from '../output.js';
import { table } from '../tables/text.js';
import { chosen } from './engine.js';

export interface CrashesOptions {
  json?: boolean;
}

export async function crashes(
  operations: Operations,
  named: string | undefined,
  options: CrashesOptions,
): Promise<number> {
  const engineId = chosen(operations, named);
  const { lines, untold } = await operations.crashes(engineId);
  if (options.json === true) {
    printJson({ engineId, crashes: lines, untold });
    return EXIT.done;
  }
  const rows = lines.map((line) => [
    line.at,
    line.instanceId,
    String(line.epoch),
    line.suspicion,
    line.killSwitch,
    `${line.probe}: ${line.detail}`,
  ]);
  const head = ['at', 'instance', 'epoch', 'seen as', 'kill switch', 'by'];
  print(
    [
      `${engineId}: ${counted(lines.length, 'crash', 'crashes')} in the log of this machine`,
      ...untold.map(({ title, waiting }) => `  NOT TOLD TO ${waiting.join(', ')} YET: ${title}`),
      ...(rows.length === 0 ? [] : [table(head, rows)]),
    ].join('\n'),
  );
  return EXIT.done;
}
