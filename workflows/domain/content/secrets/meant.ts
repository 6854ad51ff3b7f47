/**
 * Whether what stands behind a name is its value, and a secret.
 *
 * Invariant: no figure of up to three digits, no symbol of an asset, no address of a chain, and nothing that says
 * what became of a secret is one.
 */

export interface Told {
  name: string;
  /** What stands between the name and the value. */
  how: string;
  value: string;
}

/** `before`: what the text has before the name. */
export function isValueOf(told: Told, before: string): boolean {
  const value = bare(told.value);
  if (isNothing(value) || isPublic(told.name, value)) return false;
  if (/^key/i.test(told.name)) return isKey(value, before);
  if (/^["']?[ \t]*[|;, \t]|\n\s/.test(told.how) && !isTold(told, value)) return false;
  if (/[:：]\s+$/.test(told.how) && !isQuoted(told.value)) return !isSpoken(told.name, value);
  return !(/,/.test(told.how) && /^[a-z_]+$/i.test(value) && !before.slice(-2).startsWith('-'));
}

/** Without what encloses it. */
function bare(value: string): string {
  return value.replace(/^[\\"'`“„«‘[({]{1,8}/, '').replace(/[\\"'`”“»’\])}>,;:|.]{1,8}$/, '');
}

function isQuoted(value: string): boolean {
  return /^\\{0,7}["'`“„«‘]/.test(value);
}

const NOTHING =
  /^(?:|true|false|null|none|nil|undefined|n\/a|[-+]?\d{1,3}|<(?:optimized|error|unknown|incomplete).*|0x(?:0000)?[0-9a-f]{1,12}|\*{2,}|\[?(?:redacted|masked|hidden|filtered)\]?)$/is;

function isNothing(value: string): boolean {
  return NOTHING.test(value);
}

const ABOUT =
  /(?:ttl|age|expir\w{0,4}|expires[-_]?in|size|len(?:gth)?|count|version|timeout|limit|used|left|remaining|total|max|min|per\w{0,8}|bucket|rate|ms|id|decimals|index|slot|at|time)$/i;
const WHERE = /(?:file|path|dir(?:ectory)?)$/i;

/** Of assets, and of what is about a secret. */
function isPublic(name: string, value: string): boolean {
  if (/^0x[0-9a-f]{40}$/i.test(value) && /address|contract|token/i.test(name)) return true;
  if (/^token/i.test(name) && /^[A-Z]{2,6}$/.test(value)) return true;
  if (/^\d[\d.:TZ+-]*(?:ms|us|s|m|h|%)?$/.test(value)) {
    return ABOUT.test(name) || /^tokens/i.test(name);
  }
  return WHERE.test(name) && /^[~.]{0,2}\/[\w./-]*$/.test(value);
}

/** Keys of tables and caches are none. */
const OF_TABLES =
  /(?:public|pub|primary|foreign|partition|cache|sort|idempoten\w{0,4}|index|row|map|order|lookup|dedup|symbol|object|s3|message|event)[-_ ]?$/i;

/** Of such, in one word with it. */
const GLUED =
  /(?:ing|tion|vate|cret|ster|mac|ssion|auth|ssh|tls|ssl|rsa|aes|seed|api|wallet|account|client)$/;

function isKey(value: string, before: string): boolean {
  if (/[a-z]$/.test(before) && !GLUED.test(before)) return false;
  if (OF_TABLES.test(before) || /^0x[0-9a-f]{1,16}$/i.test(value)) return false;
  return (
    value.length >= 16 && /^[\w+/=.-]+$/.test(value) && /\d/.test(value) && /[a-z]/i.test(value)
  );
}

/** In the line below, a shorter one is a word or a figure. */
const SHORTEST_BELOW = 6;

/** Behind a space only, or on the next line. */
function isTold({ name, how, value: written }: Told, value: string): boolean {
  if (how.includes('\n') && !/value/i.test(how)) return isBelow(value);
  if (/^[\w.-]{1,40}=[^=]/.test(value)) return false;
  if (isQuoted(written)) return true;
  if (/\b(?:is|was)\b/i.test(how)) return !isSpoken(name, value);
  if (/^\d+(?:\.\d+)?(?:ms|us|ns|s|m|h|%|x)?$/.test(value)) return /^\d{4,12}$/.test(value);
  return !isWord(value) || (/^pass/i.test(name) && !isSpoken(name, value));
}

function isWord(value: string): boolean {
  return /^[A-Za-z.,'():/-]+$/.test(value) && !/[a-z][A-Z]/.test(value);
}

/** What people and programs say of a password. */
const SPOKEN =
  /^(?:accept|reject|refus|expir|chang|verif|requir|miss|empty|invalid|incorrect|wrong|correct|mismatch|match|fail|ok|okay|unset|set|updat|reset|rotat|check|prompt|file|hash|polic|field|manag|stor|auth|log(?:in|ged)|for|of|from|in|into|on|to|at|by|with|without|and|or|not|no|must|should|can|cannot|could|has|have|had|does|did|do|will|would|be|been|being|is|was|are|were|given|provid|found|load|read|sent|receiv|too|length|protect|based|database|need|as|because|before|after|but|if|then|when|while|attempt|version|valid|creat|delet|remov|revok|renew|refresh|issu|user|session|entered|correctly|here|there|very|also|already|still|only|stays?|never|always|hidden|mask|redact|unknown|default|absent|present|available|unavailable|denied|allowed|success|error)(?:s|es|ed|d|ied|ies|y|ing|al|ment|ation|ful|fully|er|or|ion|e|able)?$/i;

function isSpoken(name: string, value: string): boolean {
  if (SPOKEN.test(value)) return true;
  return (
    /^(?:auth|sign?|token|cookie|signature|authori[sz]ation)/i.test(name) &&
    /^[a-z]{3,}$/.test(value)
  );
}

/** On a line of its own, which begins with no name and no time. */
function isBelow(value: string): boolean {
  const isAnother = /[:=]|^\d{4}-\d\d-/.test(value);
  return !isAnother && value.length >= SHORTEST_BELOW && /\d/.test(value) && /[a-z]/i.test(value);
}
