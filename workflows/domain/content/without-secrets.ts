/**
 * A line of a log, or anything that somebody else wrote, as it may be told: without what may be a secret.
 *
 * Invariants: rather too much is taken out than too little, but no figure, id of an order or frame of a
 * stack; no text takes long: a line is cut before it is looked at, and nothing looks far back or ahead.
 */
import { printable } from './printable.js';
import { knownSecrets, markKnown, type KnownSecrets } from './secrets/known.js';
import { isLikeAKey } from './secrets/likely.js';

const LONGEST_READ = 4_096;
const MARK = '[redacted]';

const NAMES =
  'api[-_ ]?key|access[-_ ]?key|api[-_ ]?sign|access[-_ ]?sign|secret|token|passw(?:or)?d|passphrase|authori[sz]ation|signature|private[-_ ]?key|credential|cookie|bearer|x-mbx-apikey';
/** Short ones are words too: they name a secret only where a value is given to them. */
const SHORT_NAMES = 'sig|sign|pwd|pass|auth|jwt|otp|session[-_]?id';
const QUOTE = String.raw`\\{0,3}["']`;
/** As code, headers, JSON within JSON, addresses and XML give a value. */
const GIVEN = String.raw`(?:${QUOTE}|\])?\s{0,3}(?:[:=]>?\s{0,3}|%3[AD](?:%2[02]){0,2}|>(?=[^\s<]))`;
const LISTED = String.raw`${QUOTE}\s{0,3},\s{0,3}(?=\\{0,3}["'])`;
const SAID = String.raw`(?:["'])?[ \t]{1,3}(?:(?:is|was)[ \t]{1,3})?`;
const SCHEME = String.raw`(?:(?:bearer|basic|digest|hmac)[ \t]{1,3})?`;
/** A debugger shows where a text is before it. */
const POINTER = String.raw`(?:0x[0-9a-f]{1,16}[ \t]{1,3}(?=["<]))?`;
/** In quotes to their end; else to the next space. */
const VALUE = String.raw`\\{1,3}"[^"\n]{1,500}"?|"(?:\\.|[^"\\]){1,500}"?|'[^']{1,500}'?|(?:(?!<\/)[^\s"',;&]){3,}`;
const NO_VALUE = String.raw`(?!["']?(?:true|false|null|none|undefined|${NAMES})\b)`;

const NAMED = new RegExp(
  `((?:${NAMES})[\\w-]{0,40}(?:${GIVEN}|${LISTED}|${SAID})${NO_VALUE})${SCHEME}${POINTER}(?:${VALUE})`,
  'gi',
);
const SHORTLY_NAMED = new RegExp(
  `(\\b(?:${SHORT_NAMES})${GIVEN}${NO_VALUE})${SCHEME}${POINTER}(?:${VALUE})`,
  'gi',
);
const WORDS_OF_A_WALLET =
  /((?:mnemonic|seed[-_ ]?phrase)["']?\s{0,3}[:=]\s{0,3}["']?)[^\n"']{1,500}/gi;
const BASIC = /(\b[Bb]asic[ \t]{1,3})(?=[A-Za-z]{0,80}[A-Z0-9=])[A-Za-z0-9+/]{8,}={0,2}/g;
const IN_ADDRESS = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@"']{1,500}@/gi;
/** As those who give them out begin them. */
const ISSUED =
  /\b(?:(?:AKIA|ASIA)[A-Z0-9]{16}|xox[a-z]-[\w-]{10,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|[sr]k_(?:live|test)_\w{10,}|AIza[\w-]{30,})/g;
/** Keys of venues, hashes, signatures, JSON Web Tokens: no word and no figure is like that. */
const LONG = /[A-Za-z0-9+/_=.-]{24,}/g;
/** What stands behind such a name is looked for by people, and opens nothing. */
const ID =
  /(?:(?:order|trade|exec|fill|client|clord|request|trace|span|incident|instance|engine|position|build)[-_ ]?id|digest|sha256)["']?\s{0,3}[:= ]\s{0,3}["']?$/i;
const LONGEST_ID_NAME = 40;

const VARIABLE = new RegExp(`${NAMES}|(?:^|_)(?:key|pass|pwd|auth|sign|jwt)$`, 'i');

/** Of a variable of an environment. */
export function namesASecret(name: string): boolean {
  return VARIABLE.test(name);
}

/** One line, which is cut. `known`: secrets by their value, wherever they stand. */
export function withoutSecrets(text: string, known: readonly string[] = []): string {
  return printable(textWithoutSecrets(text.slice(0, LONGEST_READ), knownSecrets(known)));
}

/** All of a text, its lines as they are. */
export function textWithoutSecrets(text: string, known: KnownSecrets): string {
  return withoutPem(withoutKnown(text, known))
    .replace(IN_ADDRESS, `$1${MARK}@`)
    .replace(WORDS_OF_A_WALLET, `$1${MARK}`)
    .replace(NAMED, `$1${MARK}`)
    .replace(SHORTLY_NAMED, `$1${MARK}`)
    .replace(BASIC, `$1${MARK}`)
    .replace(ISSUED, MARK)
    .replace(LONG, (run, at: number, whole: string) =>
      isLikeAKey(run) && !isId(whole, at) ? MARK : run,
    );
}

/** Only what is known: for texts of ours, in which ids and hashes must stay what they are. */
export function withoutKnown(text: string, known: KnownSecrets): string {
  if (known.forms.length === 0) return text;
  const marks = markKnown(text, known);
  let told = '';
  for (let at = 0; at < text.length;) {
    const end = runEnd(text, marks, at);
    told += marks[at] === 1 ? MARK : text.slice(at, end);
    at = end;
  }
  return told;
}

const PEM = { begin: '-----BEGIN ', end: '-----END ', longest: 16_384 };
const PEM_BODY =
  /-----BEGIN [A-Z0-9 ]{1,40}-----(?:(?:\s|\\[nr]){0,4}[A-Za-z0-9+/=]{20,80}){0,200}/y;
const PEM_END = /-----END [A-Z0-9 ]{1,40}-----/y;

/** To its end, whatever a log writes before its lines; where that is missing, as far as it can be one. */
function withoutPem(text: string): string {
  let told = '';
  let from = 0;
  let end = text.indexOf(PEM.end);
  for (let at = text.indexOf(PEM.begin); at !== -1; at = text.indexOf(PEM.begin, from)) {
    if (end !== -1 && end < at) end = text.indexOf(PEM.end, at);
    told += text.slice(from, at) + MARK;
    from =
      end !== -1 && end - at <= PEM.longest
        ? behind(PEM_END, text, end)
        : behind(PEM_BODY, text, at);
  }
  return told + text.slice(from);
}

function behind(part: RegExp, text: string, at: number): number {
  part.lastIndex = at;
  return at + Math.max(PEM.end.length, part.exec(text)?.[0].length ?? 0);
}

/** A short rest in the midst of a word belongs to it. */
const REST = 8;

function runEnd(text: string, marks: Uint8Array, from: number): number {
  if (marks[from] !== 1) {
    const next = marks.indexOf(1, from);
    return next === -1 ? text.length : next;
  }
  let end = from + 1;
  for (let at = end; at < text.length && at - end < REST; at += 1) {
    if (marks[at] === 1) end = at + 1;
    else if (/\s/.test(text[at] ?? '')) break;
  }
  return end;
}

function isId(text: string, at: number): boolean {
  return ID.test(text.slice(Math.max(0, at - LONGEST_ID_NAME), at));
}
