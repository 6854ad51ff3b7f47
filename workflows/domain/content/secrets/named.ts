/**
 * What a name, or a word, tells to be a secret: as code, headers, JSON, addresses, XML and people give a value
 * to a name.
 *
 * Invariant: nothing looks far back or ahead.
 */
import { isValueOf } from './meant.js';
import { placesOf, type Place } from './place.js';

export const NAMES =
  'api[-_ ]?key|access[-_ ]?key|api[-_ ]?sign|access[-_ ]?sign|listen[-_ ]?key|secret|token|passw(?:or)?d|passphrase|passcode|authori[sz]ation|signature|private[-_ ]?key|credential|cookie|bearer|requirepass|masterauth|creds|pass[- _]?(?:phrase|key)|pre[-_ ]?shared[-_ ]?key|(?:t?otp|wallet)[-_ ]?seed|(?:2fa|mfa|totp|one[- ]time|verification|auth)[-_ ]?(?:code|pin)';
/** Short ones are words too: they name a secret only where a value is given to them. */
const SHORT_NAMES =
  'sig|sign|pw|pwd|pswd|pass|auth|jwt|t?otp|2fa|mfa|pin|psk|passwort|kennwort|session[-_]?id';
/** As people elsewhere say password, secret and key. */
const ELSEWHERE =
  'geheim(?:nis)?|jeton|hemmelig|zugangsdaten|schlüssel|mot de passe|contrase[ñn]a|clave|senha|parol[aă]?|chiave|wachtwoord|sleutel|l[öo]senord|passord|adgangskode|salasana|has[łl]o|heslo|jelsz[óo]|lozinka|[şs]ifre|m[ậa]t kh[ẩa]u|kata sandi|пароль|секрет|токен|ключ|κωδικός|סיסמה|كلمة المرور|पासवर्ड|รหัสผ่าน|비밀(?:번호)?|토큰|암호|パスワード|トークン|暗証番号|秘密鍵|秘密|令牌|密[码碼]|口令|密[钥鑰]|私[钥鑰]';

const COLOUR = String.raw`(?:\u001b\[[\d;]{0,12}m){0,2}`;
const QUOTE = String.raw`\\{0,7}["'\u0060“”„«»‘’]`;
const SIGN = String.raw`(?:[:=]{1,2}>?|[：＝﹕→⇒➜]|->|<-|%3[AD](?:%2[02]){0,2})`;
const NEXT_LINE = String.raw`[ \t]{0,3}(?:[|>][+-]?|\\)?[ \t]{0,3}\r?\n[ \t]{1,16}`;
const CLOSED = String.raw`(?:${QUOTE}|[\]})]|\[\d{1,3}\]|\.{2,30}){0,3}`;
const FOR_WHOM = String.raw`(?:[ \t](?:for|of|to)(?:[ \t][\w@.:/'~-]{1,80}){1,3})?`;
const GIVEN = String.raw`${CLOSED}${FOR_WHOM}${COLOUR}\s{0,3}(?:${SIGN}(?:${NEXT_LINE}|[ \t]{0,3})|>(?=[^\s<]))`;
const LISTED = String.raw`${QUOTE}\s{0,3},\s{0,3}(?=\\{0,7}["'])`;
/** Beside its name, as the value of a pair. */
const PAIRED = String.raw`(?:${QUOTE})?[,\s]{1,12}(?:${QUOTE})?value(?:${QUOTE})?\s{0,2}[:=]\s{0,2}`;
const SAID = String.raw`["']?[ \t]{0,3}(?:[|;,][ \t]{0,3}|[ \t](?:(?:is|was|are|were)[ \t]{1,3})?)`;
/** A debugger shows where a text is before it; a program, what kind of text it is. */
const AROUND = String.raw`${COLOUR}(?:0x[0-9a-f]{1,16}[ \t]{1,3}(?=["<]))?(?:(?:[a-z_:]{1,30}\(|[[({])(?=["'[]))?(?:[a-z@&$]{1,2}(?=["']))?(?:\[(?=[^\s\]]))?`;
const SCHEME = String.raw`(?:(?:bearer|basic|digest|hmac|token)[ \t]{1,3})?`;
/** A comma is a part of it where nothing begins behind. */
const BARE = String.raw`(?:(?!<\/)[^\s"',;&|\]]|[,;&](?![\s"'{[<]|[\w.-]{1,40}[:=]|$)|\|(?![\w.-]{1,40}[:=])|\](?=\w))`;
/** In quotes to their end; else to the next space. */
const VALUE = String.raw`'{3}[^']{1,500}'{0,3}|"{3}[^"]{1,500}"{0,3}|\\{1,7}"[^"\n]{1,500}"?|"(?:\\.|[^"\\]){1,500}"?|'[^']{1,500}'?|\u0060[^\u0060]{1,500}|[“„][^”“]{1,500}|«[^»]{1,500}|‘[^’]{1,500}|${BARE}{3,}`;
const NO_VALUE = String.raw`(?!["']?(?:true|false|null|none|undefined|${NAMES})\b)`;
/** What does not fit goes on in the next line. */
const WRAPPED = String.raw`(?:\\?\r?\n[ \t]{0,12}(?=[^\s\d]{0,100}\d)[A-Za-z0-9+/=_-]{16,}(?=[\s"'\\]|$)){0,8}`;

const valueOf = (name: string, how: string) =>
  new RegExp(
    `(?<before>(?<name>${name})(?<how>${how})${NO_VALUE}${AROUND}${SCHEME})(?<value>(?:${VALUE})${WRAPPED})`,
    'gi',
  );
const NAMED = valueOf(`(?:${NAMES})[\\w-]{0,40}`, `${PAIRED}|${GIVEN}|${LISTED}|${SAID}`);
const SHORTLY = valueOf(`(?<![a-z])(?:${SHORT_NAMES})`, `${PAIRED}|${GIVEN}`);
const FAR_AWAY = valueOf(`(?:${ELSEWHERE})`, GIVEN);
/** Of keys of all kinds. */
const KEYED = valueOf(`key(?:[-_](?:data|b64|hex|pem))?`, `${GIVEN}|[ \\t](?=\\[)`);
/** `Authorization: ANY-SCHEME value, parameter="…"`. */
const PARAMETER = String.raw`[\w-]{1,30}=(?:"[^"\n]{0,300}"|[^\s,"']{1,300})`;
const AUTHORIZED = new RegExp(
  String.raw`(?<before>authori[sz]ation["'\]]{0,2}\s{0,3}[:=,]\s{0,3}["'[(]{0,2}(?:[A-Z][\w-]{1,30}[ \t:]{1,3}))(?<value>(?:${PARAMETER}|[^\s"'\]]{3,500})(?:,?[ \t]?${PARAMETER},?){0,12})`,
  'gi',
);

export function* namedSecrets(text: string): Generator<Place> {
  const at = (groups: Record<string, string>, index: number) =>
    isValueOf(
      {
        name: groups.name ?? '',
        how: groups.how ?? '',
        value: groups.value ?? '',
      },
      text.slice(Math.max(0, index - LONGEST_KIND), index),
    );
  for (const pattern of [NAMED, SHORTLY, FAR_AWAY, KEYED]) yield* placesOf(text, pattern, at);
  yield* placesOf(text, AUTHORIZED, ({ value = '' }) => /\d|[a-z][A-Z]|[^\w.]/.test(value));
}

/** Of what stands before `key`. */
const LONGEST_KIND = 16;
