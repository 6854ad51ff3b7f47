/**
 * Classes of characters that are not seen for what they are, by name: whoever refuses or replaces some
 * says which.
 *
 * Invariant: a class is spelt in no other place of what Relight ships.
 */

/** Parts of a class of a regular expression with the flag `u`. */
const CLASSES = {
  /** What a terminal obeys, line ends among it. */
  control: String.raw`\p{Cc}`,
  /** Joiners, and what turns the direction. */
  format: String.raw`\p{Cf}`,
  /** Halves of pairs. */
  surrogate: String.raw`\p{Cs}`,
  privateUse: String.raw`\p{Co}`,
  unassigned: String.raw`\p{Cn}`,
  /** Drawn as nothing though called letters or marks: fillers of Hangul, selectors, the blank of Braille. */
  ignored: String.raw`\p{Default_Ignorable_Code_Point}\u2800`,
  lineSeparator: String.raw`\p{Zl}\p{Zp}`,
  /** All blanks, separators of lines among them. */
  blank: String.raw`\p{Z}`,
} as const;
type CharacterClass = keyof typeof CLASSES;

/** All that has no shape of its own, but for blanks. */
export const SHAPELESS: readonly CharacterClass[] = [
  'control',
  'format',
  'surrogate',
  'privateUse',
  'unassigned',
  'ignored',
];
/** The same with separators of lines, which break a line where none is seen. */
export const UNSEEN: readonly CharacterClass[] = [...SHAPELESS, 'lineSeparator'];

/** One character of these classes, or of those in `also`; `but`: none of these. */
export function oneOf(
  classes: readonly CharacterClass[],
  { also = '', but = '' }: { also?: string; but?: string } = {},
): string {
  const none = but === '' ? '' : `(?![${but}])`;
  return `${none}[${partsOf(classes)}${also}]`;
}

export function anyOf(classes: readonly CharacterClass[], also = ''): RegExp {
  return new RegExp(oneOf(classes, { also }), 'u');
}

export function eachOf(classes: readonly CharacterClass[]): RegExp {
  return new RegExp(oneOf(classes), 'gu');
}

/** The whole text, of none of them. */
export function noneOf(classes: readonly CharacterClass[]): RegExp {
  return new RegExp(`^[^${partsOf(classes)}]*$`, 'u');
}

function partsOf(classes: readonly CharacterClass[]): string {
  return classes.map((name) => CLASSES[name]).join('');
}
