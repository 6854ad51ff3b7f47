/**
 * Secrets as protocols, programs and services write them, each in its own way.
 *
 * Invariant: nothing looks far back or ahead.
 */
import { placesOf, type Place } from './place.js';

const QUOTED = String.raw`"[^"\n]{1,200}"?|'[^'\n]{1,200}'?`;
const ARGUMENT = String.raw`(?<value>${QUOTED}|[^\s"']{3,200})`;
const option = (programs: string, options: string) =>
  new RegExp(
    String.raw`(?<before>\b(?:${programs})\b[^\n|]{0,200}?[ \t"'](?:${options})(?:["'],\s?|[ \t=]{0,2}))${ARGUMENT}`,
    'g',
  );

/** Passwords of command lines; the same letters are ports and paths of other programs. */
const OPTIONS = [
  option(
    'mysql\\w*|mariadb[\\w-]*|sshpass|mongo\\w*|7za?|(?:docker|podman|az|helm registry|oc|skopeo) login|smbclient|kinit',
    '-p|--pass',
  ),
  option('sqlcmd|bcp|zip|unzip|mosquitto_\\w{3}|ipmitool|tsql|isql', '-P'),
  option('redis-cli|valkey-cli|keydb-cli|ipmitool', '-a|--pass'),
  option('ldap\\w{3,8}', '-w'),
  option('snmp\\w{2,10}', '-[AX]'),
  option('openssl', '-(?:pass(?:in|out)?|k|K)'),
];
const CURL =
  /(?<before>\b(?:curl|https?|xh|wget|smbclient|httpie)\b[^\n|]{0,300}?[ \t"'](?:-u|-U|-a|--user|--proxy-user|--auth)(?:["'],\s?|[ \t=]{0,2})["']?[^\s:%"']{1,64}[:%])(?<value>[^\s"']{2,200})/g;
const REDIS =
  /(?<before>\bAUTH2?(?:[ \t]{1,2}(?:PLAIN|LOGIN|XOAUTH2|default|[a-z]\w{0,30}(?=[ \t]["']?[^\s]*[\d\W]))?[ \t]{0,2}|(?:\\r\\n|\r?\n)\$\d{1,4}(?:\\r\\n|\r?\n)))(?<value>["']?[^\s"']{3,200})/g;
/** Of mail and files. */
const LOGIN =
  /(?<before>\b(?:PASS|LOGIN[ \t]{1,2}\S{1,100})[ \t]{1,2})(?<value>[^\s/]{3,200})(?=[ \t]{0,3}(?:\r?\n|\\r|$))/g;
const COMMUNITY = /(?<before>\bcommunity[ \t:=]{1,3})(?<value>[^\s"']{3,100})/gi;
/** Handed to a program as what is typed. */
const TYPED = /(?<before><<<[ \t]?)(?<value>["'][^"'\n]{1,200}["']|[^\s"']{3,200})/g;
/** Each of many is one. */
const MANY =
  /(?<before>(?:secrets|credentials|passwords|tokens|api[-_]?keys)["']?\s{0,3}[:=]\s{0,3}\{)(?<value>[^{}]{1,1000})(?=\})/gi;
/** `"…" as the password`. */
const FOLLOWED =
  /(?<value>["'][^"'\n]{3,100}["']|(?<![^\s])[^\s"']{6,100})[ \t](?:as[ \t](?:(?:the|a|my|its)[ \t])?|(?<=["'][ \t]))(?:password|passphrase|passcode|api[ -]key|secret)\b/gi;
const SQL =
  /(?<before>\b(?:IDENTIFIED[ \t]{1,2}(?:WITH[ \t]{1,2}\S{1,40}[ \t]{1,2})?(?:BY|AS)|PASSWORD[ \t]{0,2}\()[ \t]{0,2})(?<value>["'][^"'\n]{1,200}["']?|[^\s;]{3,200})/gi;
/** All that is told for the columns of which one is a secret. */
const COLUMNS =
  /(?<before>\((?<columns>[^()\n]{1,500})\)\s{0,3}VALUES\s{0,3}\()(?<value>[^()\n]{1,2000})/gi;
/** What parts the fields of FIX. */
const SOH = String.fromCharCode(1);
const FIX = new RegExp(
  String.raw`(?<before>(?:^|[|${SOH};\s]|\^A|<SOH>)(?:554|925|1402|1404|96|89)=)(?<value>[^|${SOH};\s^<]{1,500})`,
  'g',
);
/** `user:password@host`, where nothing says that it is an address. */
const USER_AT =
  /(?<before>(?<![\w/.+-])(?!(?:from|to|cc|bcc|mailto|sips?|user|e?mail):)[\w.+-]{1,64}:)(?<value>[^\s@:/"'()]{3,100})(?=@(?!sha\d)(?:(?:tcp|unix|udp)?\(|[\w.-]{1,100}(?::\d{2,5}\b|\/(?!\/))))/g;
const USER_SLASH =
  /(?<before>\bsqlplus[ \t]{1,3}(?:-\w{1,3}[ \t]{1,3}){0,3}\w{1,64}\/)(?<value>[^\s@]{2,100})/g;
const PGPASS =
  /(?<before>(?<![\w.-])(?:[\w-]{1,60}\.[\w.-]{1,100}|localhost|\*):(?:\d{3,5}|\*):[\w*-]{1,64}:[\w*.-]{1,64}:)(?<value>[^\s"']{2,200})/g;
const SHADOW = /(?<before>:)(?<value>\$(?:[1256y]|2[aby]|argon2\w{1,2})\$[^\s:"']{8,200})/g;
const PIPED =
  /(?<before>\becho[ \t]{1,2}(?:-n[ \t])?["']?(?:[\w.-]{1,40}:)?)(?<value>[^\s"'|]{3,100})(?=["']?[ \t]{0,2}\|[ \t]{0,2}(?:sudo|chpasswd|su|passwd|cryptsetup|gpg|docker)\b)/g;
const IN_ADDRESS = /(?<before>\b[a-z][a-z0-9+.-]{0,20}:\/\/)(?<value>[^\s/@"']{1,500})(?=@)/gi;
/** A password with a slash; the last `@` before a space is that of the host. */
const SLASHED =
  /(?<before>\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@"']{0,64}:)(?<value>[^\s@"'?#]{1,100})(?=@[\w.-]{1,100}[:/\s])/gi;
/** Whoever knows the address may send. */
const WEBHOOK =
  /(?<before>\/\/(?:[\w-]{1,40}\.){0,4}(?:web)?hooks?\.[\w.-]{1,100}\/(?:services|workflows|triggers|hooks\/catch)?\/?|\/(?:web-?hooks?|hooks?|incoming|bot\/v2\/hook|webhookb2)\/)(?<value>[\w./:@-]{12,300})/gi;

const ALL = [
  ...OPTIONS,
  CURL,
  SQL,
  FIX,
  USER_AT,
  USER_SLASH,
  PGPASS,
  SHADOW,
  PIPED,
  IN_ADDRESS,
  SLASHED,
  WEBHOOK,
];

const WORD = /^["']?(?:[A-Za-z]{2,}[.,:]?|\d{1,3})["']?$/;

/** `namesOne`: of a column. */
export function* customarySecrets(
  text: string,
  namesOne: (name: string) => boolean,
): Generator<Place> {
  for (const pattern of ALL) yield* placesOf(text, pattern);
  for (const pattern of [REDIS, LOGIN, FOLLOWED, COMMUNITY, TYPED]) {
    yield* placesOf(text, pattern, ({ value = '' }) => !WORD.test(value));
  }
  yield* placesOf(text, MANY, ({ value = '' }) => /[:=]\s{0,3}["'][^"']*\d/.test(value));
  yield* placesOf(text, COLUMNS, ({ columns = '' }) =>
    columns.split(',').some((one) => namesOne(one.trim())),
  );
}
