/**
 * A text as it reads once something is undone, with the place of each character in the text that it was.
 *
 * Invariant: places rise from left to right, within each part that is added.
 */

export interface Layer {
  text: string;
  /** Where the first, and behind the last, of what stands for a character is. */
  from: Int32Array;
  to: Int32Array;
}

export function layerOf(text: string): Layer {
  const [from, to] = [new Int32Array(text.length), new Int32Array(text.length)];
  for (let at = 0; at < text.length; at += 1) {
    from[at] = at;
    to[at] = at + 1;
  }
  return { text, from, to };
}

export class LayerOf {
  readonly #under: Layer;
  readonly #parts: string[] = [];
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  #length = 0;

  /** `most`: of characters. */
  constructor(under: Layer, most: number) {
    this.#under = under;
    this.#from = new Int32Array(most);
    this.#to = new Int32Array(most);
  }

  /** What stays as it is. */
  keep(from: number, to: number): void {
    if (from >= to) return;
    this.#parts.push(this.#under.text.slice(from, to));
    this.#from.set(this.#under.from.subarray(from, to), this.#length);
    this.#to.set(this.#under.to.subarray(from, to), this.#length);
    this.#length += to - from;
  }

  /** What the characters from there to there of the layer under this one mean. */
  add(means: string, from: number, to: number): void {
    this.#parts.push(means);
    const start = this.#under.from[from] ?? 0;
    const end = this.#under.to[to - 1] ?? start;
    this.#from.fill(start, this.#length, this.#length + means.length);
    this.#to.fill(end, this.#length, this.#length + means.length);
    this.#length += means.length;
  }

  done(): Layer {
    return {
      text: this.#parts.join(''),
      from: this.#from.subarray(0, this.#length),
      to: this.#to.subarray(0, this.#length),
    };
  }
}

interface Byte {
  value: number;
  from: number;
  to: number;
}

/** Bytes in a row: characters of UTF-8 where they are that, else each for itself. */
export class Bytes {
  readonly #bytes: Byte[] = [];

  add(value: number, from: number, to: number): void {
    this.#bytes.push({ value, from, to });
  }

  /** Whether nearly all can be read: what is drawn, or words that only look encoded, cannot. */
  get isText(): boolean {
    let read = 0;
    for (let at = 0; at < this.#bytes.length;) {
      const length = this.#lengthAt(at);
      const value = this.#bytes[at]?.value ?? 0;
      if (length > 1 || (value >= 32 && value < 127)) read += length;
      at += length;
    }
    return read > 0 && read >= this.#bytes.length * 0.8;
  }

  moveTo(layer: LayerOf): void {
    for (let at = 0; at < this.#bytes.length;) {
      const length = this.#lengthAt(at);
      const bytes = this.#bytes.slice(at, at + length);
      const first = bytes[0];
      if (first === undefined) break;
      layer.add(characterOf(bytes), first.from, bytes.at(-1)?.to ?? first.to);
      at += length;
    }
    this.#bytes.length = 0;
  }

  #lengthAt(at: number): number {
    const first = this.#bytes[at]?.value ?? 0;
    const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
    const rest = this.#bytes.slice(at + 1, at + length);
    const isWhole = rest.length === length - 1 && rest.every(({ value }) => value >> 6 === 2);
    return isWhole && first < 0xf5 ? length : 1;
  }
}

function characterOf(bytes: readonly Byte[]): string {
  const [first, ...rest] = bytes.map(({ value }) => value);
  if (first === undefined) return '';
  if (rest.length === 0) return String.fromCharCode(first);
  const head = first & (0x3f >> rest.length);
  const code = rest.reduce((sum, value) => sum * 64 + (value & 0x3f), head);
  return code > 0x10_ff_ff ? '\ufffd' : String.fromCodePoint(code);
}
