/**
 * What looks like a secret, without any name: as those who give them out begin them, and what is drawn.
 *
 * Invariant: what an id names, a commit, a transaction or an address of a chain stays.
 */
import { isLikeAKey } from './likely.js';
import { placesOf, type Place } from './place.js';

const BASIC = /(?<before>\b[Bb]asic[ \t]{1,3})(?=[A-Za-z]{0,80}[A-Z0-9=])[A-Za-z0-9+/]{8,}={0,2}/g;
/** As those who give them out begin them. */
const ISSUED =
  /(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[A-Z0-9]{16}|xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|[srp]k_(?:live|test)_\w{10,}|sk-[\w-]{20,}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|hv[sb]\.[\w-]{20,}|npm_\w{30,}|pypi-[\w-]{30,}|dop_v1_\w{30,}|AGE-SECRET-KEY-1\w{30,}|[xyz]prv\w{50,}|ya29\.[\w-]{20,}|(?:bot)?\d{8,12}:AA[\w-]{30,40})/g;
/** Keys of venues, hashes, signatures, JSON Web Tokens: no word and no figure is like that. */
const LONG = /[A-Za-z0-9+/_.-]{24,}={0,2}/g;
const SHORTEST_PART = 24;

export function* secretsByLook(text: string): Generator<Place> {
  yield* placesOf(text, BASIC);
  yield* placesOf(text, ISSUED);
  for (const { 0: run, index } of text.matchAll(LONG)) {
    if (isPublic(run, text.slice(Math.max(0, index - LONGEST_ID_NAME), index))) continue;
    if (isLikeAKey(run)) yield { from: index, to: index + run.length };
    else yield* partsOf(run, index);
  }
}

/** Of a path, or of names that dots join. */
function* partsOf(run: string, at: number): Generator<Place> {
  for (const { 0: part, index } of run.matchAll(/[^/.]+/g)) {
    if (part.length < SHORTEST_PART || !isLikeAKey(part)) continue;
    yield { from: at + index, to: at + index + part.length };
  }
}

/** What stands behind such a name is looked for by people, and opens nothing. */
const ID =
  /(?:(?:order|trade|exec|fill|client|clord|request|trace|span|incident|instance|engine|position|build|tx|txn|block|transaction)[-_ ]?(?:id|hash)|(?:^|[^a-z])(?:tx|txn|txid|txhash|transaction|commit|revision|rev|parent|tree|head|block)|digest|sha256|sha1|build-?id)["'\]]?\s{0,3}[:= ]\s{0,3}["']?$/i;
const LONGEST_ID_NAME = 40;
const OF_A_CHAIN = /^0x[0-9a-f]{40}$/i;

function isPublic(run: string, before: string): boolean {
  return OF_A_CHAIN.test(run) || ID.test(before);
}
