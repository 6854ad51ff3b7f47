/**
 * Finds secrets and proofs of identity in text, in whatever spelling they got there.
 *
 * Invariants: a secret is found whole; of a signature, also of a token's, any forty characters in a
 * row are found, because errors and tables cut text; both also URL-encoded, and in Base64 wherever in
 * the encoded text they stand. What a token claims is no secret, and may well be said elsewhere.
 */

export type Found = 'secret' | 'signature';

export interface Hidden {
  /** Keys, secrets and passphrases, line by line. */
  secrets: readonly string[];
  /** Signatures and tokens that came with requests. */
  proofs: Iterable<string>;
}

/** Of two in a row, one at least is in any forty characters of a signature. */
const PIECE = 20;

export function createScanner({ secrets, proofs }: Hidden): (text: string) => Found | null {
  const spelt = [...new Set(secrets.filter((one) => one !== '').flatMap(spellings))];
  const pieces = new Set<string>();
  for (const proof of new Set(proofs)) {
    const signature = proof.slice(proof.lastIndexOf('.') + 1);
    for (const spelling of [plain(signature), ...inBase64(signature)]) addPieces(spelling, pieces);
  }
  return (text) => {
    for (const one of new Set([text, decoded(text)])) {
      const same = plain(one);
      if (spelt.some((secret) => same.includes(secret))) return 'secret';
      if (hasPiece(same, pieces)) return 'signature';
    }
    return null;
  };
}

/** Both alphabets of Base64 in one. */
function plain(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}

function spellings(secret: string): string[] {
  const hex = Buffer.from(secret).toString('hex');
  return [plain(secret), hex, hex.toUpperCase(), ...inBase64(secret)];
}

/** A byte may fall on any of three places in a group of four characters. */
function inBase64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // What shares a character with neighbours depends on them.
    const whole = Math.floor(((before + bytes.length) * 4) / 3);
    return encoded.slice(before === 0 ? 0 : before + 1, whole);
  });
}

function addPieces(spelling: string, pieces: Set<string>): void {
  for (let at = 0; at + PIECE <= spelling.length; at += PIECE) {
    pieces.add(spelling.slice(at, at + PIECE));
  }
  pieces.add(spelling.slice(-PIECE));
}

const TIMES_ENCODED = 3;

/** Escapes of URLs undone, also where what was escaped was escaped again. */
function decoded(text: string): string {
  let now = text;
  for (let time = 0; time < TIMES_ENCODED && now.includes('%'); time += 1) {
    now = now.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return now;
}

/** Signatures have no other characters. */
function hasPiece(text: string, pieces: ReadonlySet<string>): boolean {
  for (const [run] of text.matchAll(/[A-Za-z0-9+/=]{20,}/g)) {
    for (let at = 0; at + PIECE <= run.length; at += 1) {
      if (pieces.has(run.slice(at, at + PIECE))) return true;
    }
  }
  return false;
}
