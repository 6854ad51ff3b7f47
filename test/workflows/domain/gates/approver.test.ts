/** What the configuration must say of approvers: one person is one key, and a key is a key. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Approver, approversFault } from '../../../../workflows/domain/gates/approver.js';
import { publicKeyOf } from '../../../../workflows/domain/gates/decision.js';
import { whyNo } from '../../../needs.js';
import { fromFile, keyFile, mpint, securityKey, string } from './ssh-keys.js';

const WITH_SSH = { skip: whyNo('ssh') };
const HEX = publicKeyOf('11'.repeat(32));
const anna = { name: 'anna', roles: ['ops'], keys: [{ ed25519: HEX }] };

function refused(...keys: object[]): string {
  const approver = Approver.parse({ ...anna, keys });
  return approversFault([approver]) ?? 'taken';
}

const ssh = (line: string) => refused({ ssh: line });

test('an approver has a name, a role and keys; the former public key is understood', () => {
  assert.deepEqual(Approver.parse(anna), anna);
  const former = { name: 'anna', roles: ['ops'], publicKey: HEX };
  assert.deepEqual(Approver.parse(former), former);
  assert.equal(approversFault([former]), null);
  for (const change of [
    { name: '' },
    { roles: [] },
    { publicKey: 'ab' },
    { publicKey: 'AB'.repeat(32) },
    { keys: [] },
    { keys: [{ ed25519: 'ab' }] },
    { keys: [{ ed25519: HEX, ssh: 'x' }] },
    { keys: [{ pgp: 'x' }] },
    { keys: ['x'] },
    { more: 1 },
  ]) {
    assert.equal(Approver.safeParse({ ...anna, ...change }).success, false, JSON.stringify(change));
  }
  const { keys: _, ...without } = anna;
  assert.match(approversFault([without]) ?? 'taken', /"anna" has no key: add keys/);
});

for (const name of [
  'mei',
  'Mei Lin',
  'mei.lin',
  'mei-lin',
  "o'neil",
  'on-call',
  'm.lin@desk',
  '梅',
  'Анна',
  'José',
]) {
  test(`"${name}" is a name`, () => {
    assert.equal(Approver.safeParse({ ...anna, name }).success, true);
  });
}

for (const name of [
  ' mei',
  'mei ',
  'mei  lin',
  'm\u0435i',
  'mei\u200b',
  'mei\n',
  '\u202eiem',
  'ｍei',
  'ﬁn',
  '-',
  '',
  'x'.repeat(65),
  'a/b',
]) {
  test(`${JSON.stringify(name)} is no name that everybody reads the same`, () => {
    assert.equal(Approver.safeParse({ ...anna, name }).success, false);
  });
}

const OTHER = { ed25519: publicKeyOf('12'.repeat(32)) };

for (const [one, other] of [
  ['mei', 'Mei'],
  ['mei', 'mei'],
  ['paul', 'pau1'],
  ['Ida', 'lda'],
  ['coco', 'с\u043eс\u043e'],
  ['mei.lin', 'mei-lin'],
  ['mei lin', 'meilin'],
  ['jose', 'josé'],
  ['arne', 'ame'],
  ['olga', '0lga'],
  ['οlga'.replace('οlga', 'ο'), 'o'],
] as const) {
  test(`"${one}" and "${other}" are not told apart, so they are refused`, () => {
    const people = [
      { ...anna, name: one },
      { ...anna, name: other, keys: [OTHER] },
    ];
    assert.match(approversFault(people) ?? 'taken', /look alike|stands there twice/);
  });
}

test('names that differ are taken', () => {
  const people = ['anna', 'hanna', 'boris', 'mei lin', 'jonas'].map((name, at) => ({
    ...anna,
    name,
    keys: [{ ed25519: publicKeyOf(`${at + 20}`.repeat(32)) }],
  }));
  assert.equal(approversFault(people), null);
});

test('a key that stands twice is refused, however it is written', WITH_SSH, (t) => {
  const { line } = fromFile(keyFile(t, 'ed25519'));
  const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64');
  const same = { ed25519: blob.subarray(-32).toString('hex') };
  const boris = { ...anna, name: 'boris' };
  for (const [mine, theirs] of [
    [{ ssh: line }, { ssh: line.replace('a comment of mine', 'theirs') }],
    [{ ssh: line }, same],
    [same, { ssh: line }],
  ]) {
    const people = [
      Approver.parse({ ...anna, keys: [mine] }),
      Approver.parse({ ...boris, keys: [theirs] }),
    ];
    assert.match(approversFault(people) ?? 'taken', /"anna" and "boris" have the same key/);
  }
  assert.match(refused({ ssh: line }, same), /has the same key twice/);
  const former = { ...anna, publicKey: HEX };
  assert.match(approversFault([former]) ?? 'taken', /has the same key twice/);
});

test(
  'every key that OpenSSH makes and we can verify is taken, as its .pub file has it',
  WITH_SSH,
  (t) => {
    for (const type of [
      ['ed25519'],
      ['ecdsa', '-b', '256'],
      ['rsa', '-b', '2048'],
      ['rsa', '-b', '4096'],
    ]) {
      const { line } = fromFile(keyFile(t, ...type));
      for (const written of [
        line,
        line.trim(),
        line.replace('\n', '\r\n'),
        line.split(' ').slice(0, 2).join(' '),
      ]) {
        assert.equal(ssh(written), 'taken', type.join(' '));
      }
    }
    assert.equal(ssh(securityKey('ed25519').line), 'taken');
    assert.equal(ssh(securityKey('ecdsa').line), 'taken');
  },
);

test('what is no public key of a kind that is taken is refused by its name', WITH_SSH, (t) => {
  const file = keyFile(t, 'ed25519');
  const { line } = fromFile(file);
  const [type = '', base64 = ''] = line.split(' ');
  const other = (...kind: string[]) => fromFile(keyFile(t, ...kind)).line;
  const small = other('rsa', '-b', '1024');
  for (const [what, written, because] of [
    ['a private key', readFileSync(file, 'utf8'), /PRIVATE key: take it out/],
    ['options', `no-pty,command="x" ${line}`, /options stand before/],
    ['an option', `restrict ${line}`, /options stand before/],
    ['an authority', `cert-authority ${line}`, /options stand before/],
    ['an authority of hosts', `@cert-authority * ${line}`, /options stand before/],
    [
      'a certificate',
      line.replace(type, 'ssh-ed25519-cert-v01@openssh.com'),
      /certificates are not/,
    ],
    ['two lines', `${line}${line}`, /one line/],
    ['another curve', other('ecdsa', '-b', '384'), /"ecdsa-sha2-nistp384" is no type/],
    ['DSA', `ssh-dss ${base64}`, /"ssh-dss" is no type/],
    ['the wrong type', `ssh-rsa ${base64}`, /the line says ssh-rsa, the key in it ssh-ed25519/],
    ['half of it', `${type} ${base64.slice(0, -4)}`, /cut short/],
    ['more of it', `${type} ${base64}AAAA`, /too many|base64/],
    ['no base64', `${type} ${base64.slice(0, -1)}!`, /base64/],
    ['nothing', type, /cut short/],
    ['a small RSA key', small, /1024 bits: at least 2048/],
  ] as const) {
    assert.match(ssh(written), because, what);
  }
});

const line = (type: string, ...parts: Buffer[]) =>
  `${type} ${Buffer.concat([string(type), ...parts]).toString('base64')}`;

test('keys for which anybody can sign are refused', () => {
  const weak = [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    `ecff${'ff'.repeat(29)}7f`,
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'ff'.repeat(32),
  ];
  for (const hex of weak) {
    assert.match(refused({ ed25519: hex }), /small order|no point/, hex);
    const bytes = Buffer.from(hex, 'hex');
    assert.match(ssh(line('ssh-ed25519', string(bytes))), /small order|no point/, hex);
    const sk = line('sk-ssh-ed25519@openssh.com', string(bytes), string('ssh:'));
    assert.match(ssh(sk), /small order|no point/, hex);
  }
  const nist = (point: Buffer) => line('ecdsa-sha2-nistp256', string('nistp256'), string(point));
  assert.match(ssh(nist(Buffer.from([4, ...Buffer.alloc(64)]))), /no point/);
  assert.match(ssh(nist(Buffer.from([0]))), /no whole point/);
  assert.match(ssh(nist(Buffer.alloc(33, 2))), /no whole point/);
});

const backwards = (bytes: Uint8Array) => Buffer.from(bytes.toReversed()).toString('hex');

test('a point with a part of small order is refused', () => {
  // A good key plus the point of order two.
  const p = 2n ** 255n - 19n;
  const good = Buffer.from(HEX, 'hex');
  const y = BigInt(`0x${backwards(good)}`) & (2n ** 255n - 1n);
  const sign = (good[31] ?? 0) >> 7;
  const twisted = (p - y) | (BigInt(sign ^ 1) << 255n);
  const hex = backwards(Buffer.from(twisted.toString(16).padStart(64, '0'), 'hex'));
  assert.match(refused({ ed25519: hex }), /small order/);
});

test('RSA of another exponent, of an even modulus, or one that is padded is refused', () => {
  const { n = '' } = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({
    format: 'jwk',
  });
  const modulus = Buffer.from(n, 'base64url');
  const rsa = (e: Buffer, of: Buffer) => ssh(line('ssh-rsa', e, of));
  const usual = mpint(Buffer.from([1, 0, 1]));
  assert.equal(rsa(usual, mpint(modulus)), 'taken');
  assert.match(rsa(mpint(Buffer.from([3])), mpint(modulus)), /exponent/);
  assert.match(rsa(usual, mpint(Buffer.alloc(256, 0xff))), /large primes/);
  assert.match(rsa(usual, string(modulus)), /negative or padded/);
  assert.match(rsa(usual, string(Buffer.concat([Buffer.alloc(2), modulus]))), /negative or padded/);
});

test('a security key made for another use is refused', () => {
  assert.match(ssh(securityKey('ed25519', 'example.com').line), /not made for ssh:/);
});
