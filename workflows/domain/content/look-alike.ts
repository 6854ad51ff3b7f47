/**
 * Names that a tired reader takes for each other: they differ in case, in accents, in separators, or
 * in letters that look the same in two alphabets.
 */

/** Letters of other alphabets by the Latin ones that they look like; of small letters. */
const LIKE_LATIN: Readonly<Record<string, string>> = {
  а: 'a', в: 'b', с: 'c', ԁ: 'd', е: 'e', һ: 'h', н: 'h', і: 'l', ј: 'j', к: 'k', м: 'm', о: 'o',
  р: 'p', ԛ: 'q', г: 'r', ѕ: 's', т: 't', у: 'y', ѵ: 'v', ԝ: 'w', х: 'x', ӏ: 'l',
  α: 'a', β: 'b', ε: 'e', η: 'n', ι: 'l', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', σ: 'o', τ: 't', υ: 'u',
  χ: 'x', γ: 'y', ω: 'w', ϲ: 'c', ϳ: 'j', ı: 'l', ɡ: 'g', ɑ: 'a', ℓ: 'l', օ: 'o', ո: 'n', ս: 'u',
  հ: 'h', զ: 'q', ց: 'g', ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ł: 'l',
}; // prettier-ignore
/** Within one alphabet. */
const LIKE_EACH_OTHER: readonly (readonly [RegExp, string])[] = [
  [/[i1|!]/g, 'l'],
  [/0/g, 'o'],
  [/5/g, 's'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
];

/** Equal for names that look alike. */
export function skeletonOf(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase().normalize('NFKD');
  const latin = plain
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/[^\0-\x7f]/gu, (letter) => LIKE_LATIN[letter] ?? letter);
  return LIKE_EACH_OTHER.reduce((text, [like, letter]) => text.replace(like, letter), latin);
}
