/** Secrets that nobody configured, each in the form in which one comes into a log; and what looks like them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { knownSecrets } from '../../../../workflows/domain/content/secrets/known.js';
import {
  namesASecret,
  textWithoutSecrets,
} from '../../../../workflows/domain/content/without-secrets.js';

const told = (text: string) => textWithoutSecrets(text, knownSecrets([]));

const FORMS = [
  // command lines
  "exec mysql -u ops -p§ hist -e 'select 1'",
  "exec sshpass -p '§' scp core.1 ops@db-1:/in",
  'exec curl -s -u ops:§ https://db.internal/health',
  'exec redis-cli -h cache -a § ping',
  'mosquitto_pub -h mq -u bob -P § -t fills',
  'snmpwalk -v3 -u ops -A § -X other router',
  'docker login -u bob -p § registry',
  'openssl enc -k § -in x',
  "echo '§' | sudo -S ls",
  'argv ["engine","--token","§","--dry-run"]',
  'argv ["mysql","-u","ops","-p","§"]',
  // protocols
  'redis< AUTH §',
  'redis< AUTH default §',
  'HELLO 3 AUTH default §',
  '*2\\r\\n$4\\r\\nAUTH\\r\\n$13\\r\\n§\\r\\n',
  'CONFIG SET requirepass §',
  "CREATE USER 'ops'@'%' IDENTIFIED BY '§';",
  "ALTER USER ops WITH PASSWORD '§'",
  "INSERT INTO venue_auth (venue, api_secret) VALUES ('kraken', '§')",
  'FIX out 8=FIX.4.4|35=A|553=ops|554=§|10=128|',
  '8=FIX.4.4\u000135=A\u0001554=§\u000110=128\u0001',
  '8=FIX.4.4^A35=A^A554=§^A10=128^A',
  'SMTP< AUTH PLAIN §',
  'IMAP> A01 LOGIN bob@desk.io §',
  'POP3> PASS §',
  '> Authorization: Token token=§',
  '> Authorization: Digest username="bob", realm="x", response="§"',
  'snmp-server community § RO',
  "kinit ops <<< '§'",
  // addresses
  'dsn ops:§@tcp(db.internal:3306)/hist?parseTime=true',
  'proxy ops:§@proxy.internal:3128',
  'pgpass db.internal:5432:trades:ops:§',
  'postgres://ops:§@db.internal/trades',
  'amqp://ops:a/§@mq:5671/fills',
  'redirect /go?next=https%3A%2F%2Fhook.internal%2Fin%3Fsecret%3D§',
  'POST https://hooks.slack.com/services/T0AB12CD/B0EF34GH/§',
  'notify https://discord.com/api/webhooks/653008957186632622/§',
  'POST https://alerts.internal/webhook/incoming/§',
  'root:$6$abcdefgh$§§:19000:0',
  // people
  "Password for 'https://ops@git.internal': §",
  "Enter passphrase for key '/srv/keys/id': §",
  'pass phrase: §',
  'passkey=§',
  'Passwort: §',
  'mot de passe : §',
  'contraseña=§',
  'пароль: §',
  '密码：§',
  'API 密钥：§',
  'パスワード＝§',
  'password → §',
  'the password is § but the server refused it',
  "rejected password '§' for ops",
  'new password for ops: §',
  'unlocking the store with "§" as the password',
  'secret “§” loaded',
  'api secret: `§`',
  'pw: §',
  // programs
  'os.environ["API_SECRET"] = "§"',
  'secrets: {"kraken": "§"}',
  'psk="§"',
  'password = \\\n  §',
  'Auth { secret: Some("§"), window: 5000 }',
  "Credentials(key='pub', secret=b'§')",
  "perl $cfg{secret} = '§';",
  "secret_key = '''§'''",
  'password[0]=§',
  'password....: §',
  '| password | § |',
  'user,password\nbob,§',
  ' user | password | on\n------+----------+----\n bob  | § | t',
  '- name: DB_PASSWORD\n  value: §',
  '[{"name":"X-MBX-APIKEY","value":"§"}]',
  '<property name="password" value="§"/>',
  'api_secret:\n    §',
  'auth:\n  secret: >-\n    §\n  mode: hmac',
  '\u001b[33mapi_secret\u001b[0m=\u001b[1m§\u001b[0m',
  'rawHeaders ["Host","x","Authorization","Bearer §"]',
  'venue\tkraken\tapi_secret\t§\tok',
  '{"a":"{\\"b\\":\\"{\\\\\\"password\\\\\\":\\\\\\"§\\\\\\"}\\"}"}',
  '%7B%22password%22%3A%22§%22%7D',
  'pass&#119;ord=§',
];

test('a name, a custom or a word of any language tells a short password', () => {
  const password = fc
    .tuple(
      fc.constantFrom('kestrel', 'Umber', 'walnut_raven', 'mbe'),
      fc.integer({ min: 100, max: 99_999 }),
      fc.constantFrom('', 'Zq', '*', '!x'),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(password, fc.constantFrom(...FORMS), (value, form) => {
      const line = told(`before\n${form.replaceAll('§', value)}\nafter`);
      assert.ok(!line.includes(value), `${form}: ${line}`);
      assert.match(line, /^before\n[^]*\nafter$/);
    }),
    { numRuns: 2_000 },
  );
});

test('every form is told, one by one', () => {
  for (const form of FORMS) {
    const line = told(form.replaceAll('§', 'kestrel_305Qz'));
    assert.ok(!line.includes('kestrel_305Qz'), line);
  }
});

const UUID = '5f0c1c5e-7e0f-4b1e-9c59-3f6b2f3f1a11';

test('a UUID is a secret where its name says so, and an id elsewhere', () => {
  for (const form of [
    `{ venue: "kraken", encryption_key: "${UUID}", timeoutMs: 3000 }`,
    `routing_key=${UUID}`,
    `signingKey: '${UUID}'`,
    `signer init key [${UUID}] len [36]`,
    `Auth { secret: Some("${UUID}") }`,
    `X-Api-Key: ${UUID}`,
  ]) {
    assert.ok(!told(form).includes(UUID), form);
  }
  for (const form of [`order ${UUID} FILLED`, `idempotency_key=${UUID}`, `order key ${UUID}`]) {
    assert.equal(told(form), form);
  }
});

const LOOKS = [
  '550565992:AAgfkTVAAdfATNXP_1CiylbFT1g-VsxITTe',
  'bot4943003058:AAOhRJPhvxN8PspjoV8M_BYfuyGeqjt6vDd',
  'hvs.CAESIJ1aZ3kQ9xW7vB2nM5tR8yL1pC4aZ3kQ9',
  'SG.aZ3kQ9xW7vB2nM5tR8yL1p.aZ3kQ9xW7vB2nM5tR8yL1pC4aZ3kQ9xW7vB2nM5tR8y',
  'xapp-1-A0B1C2-123456-abcdef',
  'MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs',
];
const MNEMONIC =
  'hockey december alpha basket evidence citizen mosquito behave illness alcohol legend bamboo';

test('tokens and the words of a wallet show by their look', () => {
  for (const look of LOOKS) assert.ok(!told(`notifier up (${look}) ok`).includes(look), look);
  const words = MNEMONIC.split(' ');
  for (const form of [
    `hot wallet 3 <- ${MNEMONIC}`,
    `restored with ${MNEMONIC} and went on`,
    `hot ${MNEMONIC.toUpperCase()}`,
    `words:\n${words.slice(0, 6).join(' ')}\n${words.slice(6).join(' ')}`,
    JSON.stringify(words),
    words.map((word, at) => `${at + 1}. ${word}`).join(' '),
  ]) {
    assert.doesNotMatch(told(form), /mosquito|behave|MOSQUITO/, form);
  }
});

test('a key in armour that is cut off ends with its lines, and hides none that follows', () => {
  const lines = [
    '-----BEGIN PRIVATE KEY-----',
    'aZ3kQ9xW7vB2nM5tR8yL1pC4aZ3k'.repeat(2),
    'sHXc1uTV',
  ];
  const next = '-----BEGIN EC PRIVATE KEY-----\nshort\n-----END EC PRIVATE KEY-----';
  const between = '2026-11-29T12:00:00Z [INFO] order filled 33ms';
  assert.equal(
    told(`a\n${lines.join('\n')}\n${between}\n${next}\nb`),
    `a\n[redacted]\n${between}\n[redacted]\nb`,
  );
  const dated = lines.map((line) => `12:00:00 [INFO]   ${line}`).join('\n');
  assert.doesNotMatch(told(`${dated}\n${between}`), /sHXc|aZ3k/);
  assert.ok(told(`${dated}\n${between}`).endsWith(between));
});

test('what became of a secret, symbols, figures, frames and ids stay', () => {
  for (const line of [
    '#5 __GI_raise (sig=6) at ../sysdeps/raise.c:50',
    '#6 raise (sig=<optimized out>) at raise.c:1',
    '#7 sign (this=0x7ffe1234, key=<optimized out>, token=0x00007ffe12345678) at sign.cpp:1',
    'Got signal SIGSEGV; si_addr=0x0; rip=0x55d0c0ffee42',
    'cache: token=USDT key=order:123456 hit',
    'fees: token WETH tier 2 author=desk8',
    'auth: password accepted for account 80',
    'auth: signature verified in 26us',
    'auth: api key loaded from vault slot 4',
    'rotation: next secret rotation in 31 days',
    'tokens remaining in rate bucket: 1200',
    'max_tokens=4096 token_expires_in=3600 sign=-1 pass=128 {"sig":"6"} (sig=134)',
    'the api key was rejected by the venue; password: incorrect; Authorization: failed',
    'redis AUTH failed: WRONGPASS; AUTH ok',
    'docker run -p 8080:80 engine; mysql -P 3306 -h db; curl -s https://x/health',
    'image engine:4.2@sha256:abcdef0123456789 for user@host:22',
    `clientOrderId=x-V6t2eJLt682826842 trace_id=b18b19990c8a0817636a61edf89739a0 request_id=${UUID}`,
    'withdrawal tx 0xbec804dcf51d63e065f72fda964c7bf42ae1a662e481e157002492589470ee39 confirmed',
    'deposit to address 0xe628d618dd3afc39f3298d425e33caa9df5438cd',
    'build: engine 4.2.0 commit be788e97b6b6ed33e2bf3157b6c990f66fd1a8f4',
    'could not send order because market data feed stale since open, and the venue closed',
    `Secrets are searched for, and what is tokenized (.T) stays:${'\nlarge'.repeat(30)}`,
    'columns time open high low close volume trades symbol price side',
    'sort_key: price; secret_file=/run/secrets/x; monkey=banana1234567890abcdef',
    'EXECUTION REPORT 35=8|54=1|38=100|44=12.5|',
  ]) {
    assert.equal(told(line), line);
  }
});

test('random lines of an engine stay as they are', () => {
  const hex = (length: number) =>
    fc
      .array(fc.constantFrom(...'0123456789abcdef'.split('')), {
        minLength: length,
        maxLength: length,
      })
      .map((digits) => digits.join(''));
  const part = fc.oneof(
    fc.uuid().map((id) => `order ${id}`),
    hex(32).map((id) => `trace_id=${id}`),
    hex(64).map((hash) => `tx 0x${hash}`),
    hex(40).map((hash) => `commit ${hash}`),
    hex(40).map((address) => `to 0x${address}`),
    fc.integer({ min: 1, max: 1_000_000 }).map((cents) => `@ ${(cents / 100).toFixed(2)}`),
    fc.constantFrom('BTC-USDT', 'FILLED', '(this=0x7ffe1234, qty=3)', '[WARN]', 'ack 18 ms'),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const text = parts.join(' ');
      assert.equal(told(text), text);
    }),
    { numRuns: 300 },
  );
});

test('names of variables tell', () => {
  for (const name of ['SMTP_PW', 'DB_PASS', 'KRAKEN_API_SECRET', 'SIGNING_KEY', 'X_OTP']) {
    assert.ok(namesASecret(name), name);
  }
  for (const name of ['PATH', 'KEYBOARD_LAYOUT', 'LOG_LEVEL', 'ENGINE_VENUE', 'OLDPWDS']) {
    assert.ok(!namesASecret(name), name);
  }
});

test('no form takes long, whatever is written over and over', { timeout: 240_000 }, () => {
  const known = knownSecrets(['Zx81configuredKeyOfOurs42', 'kestrel-marlin-332 and more']);
  for (const part of [
    '%25',
    '\\u0041',
    '&amp;',
    '0x41, ',
    '41 ',
    '65, ',
    'QUJD',
    'a.',
    'a-',
    '-',
    'x=',
    '=3D',
    'curl -u ',
    'mysql -p',
    'AUTH ',
    'LOGIN a',
    '"a" as ',
    'a://a:',
    '//hooks.',
    ' a.a:1234:',
    'abandon ',
    '"abandon",',
    'password,token\n',
    'token|',
    'key[',
    'password for a b ',
    'password: \n  ',
    'Authorization: A ',
    '(password) VALUES (',
    'kestrelmarlin33\n',
    '\\\\\\\\',
    '-----BEGIN A-----\nAAAAAAAAAAAAAAAAAAAAAAAA\n',
  ]) {
    const text = part.repeat(Math.ceil(300_000 / part.length));
    assert.ok(textWithoutSecrets(text, known).length <= 4 * text.length, part);
  }
});
