/**
 * The payload converter of all that Temporal carries for us: JSON as ever, and of each object it
 * remembers the mark that the codec has set. Loaded by the workflows' isolates, by workers and by clients.
 *
 * Invariants: it never fails on what came in, because a failure would stop the workflow for ever; a mark
 * comes from the codec only, which removes what the sender may have put there.
 */
import type { Payload, PayloadConverter } from '@temporalio/common';
// The one file of it: an import of the whole looks through all its exports, at each command.
import { defaultPayloadConverter } from '@temporalio/common/lib/converter/payload-converter.js';
import { Mark } from '../domain/trust/marks.js';

/** In the metadata, from the codec to here; never on the wire. */
export const MARK_KEY = 'relight-by';

interface Remembered {
  mark: Mark;
  bytes: number;
}

/**
 * The SDK requires this module by its path, and under a loader for TypeScript that is another copy than
 * the one that is imported: what both must know is kept by the process.
 */
const MEMORY = Symbol.for('relight.marks');
const memory = globalThis as { [MEMORY]?: WeakMap<object, Remembered> };
const remembered = (memory[MEMORY] ??= new WeakMap<object, Remembered>());

export const payloadConverter: PayloadConverter = {
  toPayload: (value, context, hint) => defaultPayloadConverter.toPayload(value, context, hint),
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- so the SDK declares it
  fromPayload: <T>(payload: Payload): T => {
    const value = valueIn(payload);
    if (typeof value === 'object' && value !== null && !remembered.has(value)) {
      const bytes = payload.data?.length ?? 0;
      remembered.set(value, { mark: markIn(payload), bytes });
    }
    return value as T;
  },
};

/** Who stands for a value that came in. Of anything but objects nothing is known. */
export function markOf(value: unknown): Mark {
  return of(value)?.mark ?? { unsigned: true };
}

/** How long its JSON was; 0 of what did not come in. */
export function bytesOf(value: unknown): number {
  return of(value)?.bytes ?? 0;
}

function of(value: unknown): Remembered | undefined {
  return typeof value === 'object' && value !== null ? remembered.get(value) : undefined;
}

function valueIn(payload: Payload): unknown {
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch {
    const unreadable = {};
    const mark = markIn(payload);
    const why = 'refused' in mark ? mark : { refused: 'not readable' };
    remembered.set(unreadable, { mark: why, bytes: 0 });
    return unreadable;
  }
}

function markIn({ metadata }: Payload): Mark {
  try {
    const text = metadata?.[MARK_KEY];
    if (text === undefined || text === null) return { unsigned: true };
    return Mark.parse(JSON.parse(new TextDecoder().decode(text)));
  } catch {
    return { refused: 'marked by something else than our codec' };
  }
}
