/**
 * A text without its line ends, and with nothing but its letters and digits: a secret stands in both, whatever
 * somebody has put in its midst.
 */
import type { Layer } from './layer.js';

const PART = 8_192;

export function joined(layer: Layer): Layer {
  return only(layer, (unit) => (unit === 10 || unit === 13 ? 0 : unit));
}

/** `lines`: where each line after the first begins. */
export function sparseOf(layer: Layer): Layer & { lines: readonly number[] } {
  const lines: number[] = [];
  const kept = only(layer, (unit, length) => {
    if (unit === 10 && lines.at(-1) !== length) lines.push(length);
    return sparseUnit(unit);
  });
  return { ...kept, lines };
}

/** Small letters and digits as they are; of others none is a sign. */
export function sparseUnit(wide: number): number {
  const unit = wide > 0xff_00 && wide < 0xff_5f ? wide - 0xfe_e0 : wide; // as Chinese and Japanese are typed
  return unit < ASCII.length ? (ASCII[unit] ?? 0) : isLetter(unit) ? unit : 0;
}

/** Of most characters there are: looked up, as each of a text is asked for. */
const ASCII = Uint8Array.from({ length: 128 }, (_, unit) => {
  const one = String.fromCharCode(unit);
  return /[A-Za-z0-9]/.test(one) ? one.toLowerCase().charCodeAt(0) : 0;
});

/** Beyond ASCII all but the signs and spaces that stand together there. */
function isLetter(unit: number): boolean {
  return unit > 0xbf && unit !== 0x30_00 && (unit < 0x20_00 || unit > 0x20_6f);
}

function only({ text, from, to }: Layer, of: (unit: number, length: number) => number): Layer {
  const units = new Uint16Array(text.length);
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = of(text.charCodeAt(at), length);
    if (unit === 0) continue;
    units[length] = unit;
    starts[length] = from[at] ?? 0;
    ends[length] = to[at] ?? 0;
    length += 1;
  }
  return {
    text: textOf(units.subarray(0, length)),
    from: starts.subarray(0, length),
    to: ends.subarray(0, length),
  };
}

function textOf(units: Uint16Array): string {
  const parts: string[] = [];
  for (let at = 0; at < units.length; at += PART) {
    parts.push(Reflect.apply(String.fromCharCode, null, units.subarray(at, at + PART)) as string);
  }
  return parts.join('');
}
