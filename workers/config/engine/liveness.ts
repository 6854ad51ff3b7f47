/** What is wrong with a list of `liveness` whose entries are sound each for itself. */
import { doubleKind, entryOf, namesProcess } from '../../../clients/detector/settings.js';
import type { EngineConfig } from '../schema.js';

const MOST_SOCKET_BYTES = 107;

export function livenessFault({ liveness }: EngineConfig, field: string): string | null {
  return (
    twice(liveness, `${field}.liveness`) ??
    longSocket(liveness, `${field}.liveness`) ??
    nobodyNamed(liveness, `${field}.liveness`)
  );
}

type Liveness = EngineConfig['liveness'];

function twice(liveness: Liveness, field: string): string | null {
  const kind = doubleKind(liveness);
  if (kind === null) return null;
  return `${field} has several entries of kind ${kind}, and an engine has one: leave the others out`;
}

function longSocket(liveness: Liveness, field: string): string | null {
  const bytes = Buffer.byteLength(entryOf(liveness, 'socket')?.socket ?? '');
  if (bytes <= MOST_SOCKET_BYTES) return null;
  return (
    `${field}.socket takes ${bytes} bytes as a whole path, and a socket's name may have ` +
    `${MOST_SOCKET_BYTES}: choose a shorter one, such as /run/relight/NAME.sock`
  );
}

/** How a process is means nothing before somebody says which one it is. */
function nobodyNamed(liveness: Liveness, field: string): string | null {
  if (liveness.some(namesProcess)) return null;
  const kinds = [...new Set(liveness.map(({ kind }) => kind))].join(', ');
  return (
    `${field} (${kinds}) says of no process that it is the engine: add a socket, a heartbeat, a ` +
    'process by pidFile, match or unit, or give a log or a core its match'
  );
}
