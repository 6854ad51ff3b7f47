/**
 * Lines out of bytes that come in parts.
 *
 * Invariants: of a line no more is kept than the longest, and the rest of it is no line; one that is not
 * ended is given when nothing more has come, because what dies does not end its last line, and again as a
 * whole when its rest comes; a line is as old as its first byte.
 */
const LONGEST_LINE = 4_096;
const LINE_END = 0x0a;

/** With what was said of the bytes among which its first one was. */
export interface Line<Since> {
  text: string;
  since: Since;
}

export interface LineCutter<Since> {
  cut(bytes: Buffer, since: Since): Line<Since>[];
  /** What was begun, as a line. */
  end(): Line<Since>[];
  /** What comes next begins in the middle of a line. */
  skip(): void;
  /** The line that is begun, if any, is never given. */
  forget(): void;
}

interface Begun<Since> {
  bytes: Buffer;
  since: Since;
  /** So much of it was given already. */
  given: number;
}

export function createLineCutter<Since>(): LineCutter<Since> {
  let begun: Begun<Since> | null = null;
  /** The line that is begun has lost its beginning. */
  let lost = false;

  function take(part: Buffer, since: Since): void {
    if (part.length === 0) return;
    begun ??= { bytes: Buffer.alloc(0), since, given: 0 };
    const room = LONGEST_LINE - begun.bytes.length;
    if (room > 0) begun.bytes = Buffer.concat([begun.bytes, part.subarray(0, room)]);
  }

  function give(): Line<Since>[] {
    if (begun === null || lost || begun.bytes.length === begun.given) return [];
    begun.given = begun.bytes.length;
    const text = begun.bytes.toString().replace(/\r$/, '');
    return text === '' ? [] : [{ text, since: begun.since }];
  }

  function end(): Line<Since>[] {
    const lines = give();
    begun = null;
    lost = false;
    return lines;
  }

  return {
    cut(bytes, since) {
      if (bytes.length === 0) return give();
      const lines: Line<Since>[] = [];
      let at = 0;
      for (let to = bytes.indexOf(LINE_END); to !== -1; to = bytes.indexOf(LINE_END, at)) {
        take(bytes.subarray(at, to), since);
        lines.push(...end());
        at = to + 1;
      }
      take(bytes.subarray(at), since);
      return lines;
    },
    end,
    skip() {
      begun = null;
      lost = true;
    },
    forget() {
      lost ||= begun !== null;
    },
  };
}
