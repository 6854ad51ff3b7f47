/**
 * What a gateway itself finds wrong. Its text is ours: it names kinds of rows, fields, endpoints and
 * instruments, holds nothing of an address or of a row, and so may be shown as it stands.
 */
import type { FaultKind } from '../../../workflows/domain/books/read-fault.js';

export class OurWords extends Error {
  override name = 'OurWords';

  readonly kind: FaultKind;

  constructor(kind: FaultKind, words: string) {
    super(words);
    this.kind = kind;
  }
}
