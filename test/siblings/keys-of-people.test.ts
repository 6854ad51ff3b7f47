/** A key is a key, and one key is one person: whatever form it is written in, and whoever it is given to. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import {
  Approver,
  approversFault,
  type Approver as Person,
} from '../../workflows/domain/gates/approver.js';
import { publicKeyOf } from '../../workflows/domain/gates/decision.js';
import { mpint, string } from '../workflows/domain/gates/ssh-keys.js';

const SEED = '31'.repeat(32);
const HEX = publicKeyOf(SEED);
const RAW = Buffer.from(HEX, 'hex');

function faultOf(...keysOfEach: object[][]): string | null {
  const people: Person[] = [];
  for (const [index, keys] of keysOfEach.entries()) {
    const name = ['anna', 'boris', 'chris'][index];
    const parsed = Approver.safeParse({ name, roles: ['ops'], keys });
    if (!parsed.success) return parsed.error.issues[0]?.message ?? 'refused';
    people.push(parsed.data);
  }
  return approversFault(people);
}

const line = (type: string, ...parts: Buffer[]) =>
  `${type} ${Buffer.concat([string(type), ...parts]).toString('base64')}`;
const GOOD = line('ssh-ed25519', string(RAW));
const BASE64 = GOOD.split(' ')[1] ?? '';

test('the line that the others are made from is taken', () => {
  assert.equal(faultOf([{ ssh: GOOD }]), null);
  assert.equal(faultOf([{ ssh: `${GOOD} anna@desk` }]), null);
});

const NO_KEY: readonly [what: string, ssh: string][] = [
  ['two keys on two lines', `${GOOD}\n${line('ssh-ed25519', string(Buffer.alloc(32, 9)))}`],
  ['a comment line before it', `# anna\n${GOOD}`],
  ['a NUL behind it', `${GOOD}\0`],
  ['an option before it', `restrict ${GOOD}`],
  ['a command before it', `command="x" ${GOOD}`],
  ['a mark of an authority', `@cert-authority * ${GOOD}`],
  ['a revoked mark', `@revoked * ${GOOD}`],
  ['a known host', `desk.example ${GOOD}`],
  ['a type in other letters', GOOD.replace('ssh-ed25519', 'SSH-ED25519')],
  ['a type that is not the one within', GOOD.replace('ssh-ed25519', 'ssh-rsa')],
  ['no type', BASE64],
  ['no key', 'ssh-ed25519'],
  ['letters of the other base64', `ssh-ed25519 ${BASE64.slice(0, -2)}-_`],
  ['a character too many', `ssh-ed25519 ${BASE64}A`],
  ['33 bytes of a point', line('ssh-ed25519', string(Buffer.concat([RAW, Buffer.from([0])])))],
  ['31 bytes of a point', line('ssh-ed25519', string(RAW.subarray(1)))],
  ['a byte behind the point', line('ssh-ed25519', string(RAW), Buffer.from([0]))],
  ['DSA', line('ssh-dss', string('x'), string('x'), string('x'), string('x'))],
  ['P-384', line('ecdsa-sha2-nistp384', string('nistp384'), string(Buffer.alloc(97, 4)))],
  ['P-256 by the name of another curve', ecdsa('nistp384')],
  ['Ed448', line('ssh-ed448', string(Buffer.alloc(57, 1)))],
  ['RSA by the name of its signature', line('rsa-sha2-512', mpint(Buffer.from([1, 0, 1])))],
  ['a certificate of Ed25519', line('ssh-ed25519-cert-v01@openssh.com', string(RAW), string(RAW))],
  ['a certificate of a security key', line('sk-ssh-ed25519-cert-v01@openssh.com', string(RAW))],
  ['a PEM of a public key', '-----BEGIN PUBLIC KEY-----'],
  ['a key of PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519'],
  ['an age key', 'age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq'],
  ['a security key that names no application', line('sk-ssh-ed25519@openssh.com', string(RAW))],
];

function pointOf(): { x: Buffer; y: Buffer } {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return { x: Buffer.from(x, 'base64url'), y: Buffer.from(y, 'base64url') };
}

function ecdsa(curve = 'nistp256', point = uncompressed(pointOf())): string {
  return line('ecdsa-sha2-nistp256', string(curve), string(point));
}

function uncompressed({ x, y }: { x: Buffer; y: Buffer }): Buffer {
  return Buffer.concat([Buffer.from([4]), x, y]);
}

for (const [what, ssh] of NO_KEY) {
  test(`${what} is no key of a person`, () => assert.notEqual(faultOf([{ ssh }]), null));
}

test('a point that is not on its curve is no key, and neither is the point at infinity', () => {
  const { x, y } = pointOf();
  const off = Buffer.from(y);
  off[31] = (off[31] ?? 0) ^ 1;
  for (const point of [
    uncompressed({ x, y: off }),
    Buffer.from([0]),
    Buffer.alloc(65, 0),
    Buffer.concat([Buffer.from([4]), Buffer.alloc(64)]),
    Buffer.concat([Buffer.from([6 + ((y[31] ?? 0) & 1)]), x, y]),
  ]) {
    assert.notEqual(faultOf([{ ssh: ecdsa('nistp256', point) }]), null);
  }
});

test('a compressed point is refused, or is the same key as the whole one', () => {
  const point = pointOf();
  const short = Buffer.concat([Buffer.from([2 + ((point.y[31] ?? 0) & 1)]), point.x]);
  const fault = faultOf(
    [{ ssh: ecdsa('nistp256', uncompressed(point)) }],
    [{ ssh: ecdsa('nistp256', short) }],
  );
  assert.notEqual(fault, null);
});

const P = 2n ** 255n - 19n;

function little(value: bigint): string {
  const big = Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
  return Buffer.from(big.toReversed()).toString('hex');
}

test('a point in an encoding that is not its own is no key: it would be a second name of one', () => {
  let tried = 0;
  for (let y = 0n; y < 19n; y += 1n) {
    for (const sign of [0n, 1n << 255n]) {
      tried += 1;
      assert.notEqual(faultOf([{ ed25519: little(y + P + sign) }]), null, `${y}`);
    }
  }
  assert.equal(tried, 38);
});

/** The point of the seed, and each of the seven other points of small order added to it. */
const MIXED = [
  '2f9c0a05fbd49c8055da56fedb7f83022c9b0a2ae011140335927aae9f78c966',
  'c2ad25701fc895d4083511af93262830a7cdd01ec6f48b2f97b7eaa5df4e3d70',
  'a0ad090258b01c49829c54a6d4b6e8be360dbbd7c077a567660c58b1aec72910',
  'a5f8a5a6818de5ea91d1f86621a33f3acdb23918150e322b9daf79713acdea22',
  'be63f5fa042b637faa25a90124807cfdd364f5d51feeebfcca6d855160873699',
  '2b52da8fe0376a2bf7caee506cd9d7cf58322fe1390b74d06848155a20b1c28f',
  '4d52f6fda74fe3b67d63ab592b491741c9f244283f885a9899f3a74e5138d6ef',
];

test('a point with a part of small order beside its own is no key', () => {
  for (const mixed of MIXED) {
    assert.notEqual(faultOf([{ ed25519: mixed }]), null, mixed);
    const ssh = line('ssh-ed25519', string(Buffer.from(mixed, 'hex')));
    assert.notEqual(faultOf([{ ssh }]), null, `${mixed}, as SSH`);
  }
});

test('one point as a plain key and as a security key of another is one key for two people', () => {
  const sk = line('sk-ssh-ed25519@openssh.com', string(RAW), string('ssh:'));
  assert.equal(faultOf([{ ssh: sk }]), null);
  assert.notEqual(faultOf([{ ed25519: HEX }], [{ ssh: sk }]), null);
  assert.notEqual(faultOf([{ ssh: sk }], [{ ssh: GOOD }]), null);
});

test('one point of P-256 as a plain key and as a security key is one key for two people', () => {
  const point = uncompressed(pointOf());
  const type = 'sk-ecdsa-sha2-nistp256@openssh.com';
  const sk = line(type, string('nistp256'), string(point), string('ssh:'));
  assert.equal(faultOf([{ ssh: sk }]), null);
  assert.notEqual(faultOf([{ ssh: ecdsa('nistp256', point) }], [{ ssh: sk }]), null);
});

test('one security key under two applications is one key for two people', () => {
  const sk = (application: string) =>
    line('sk-ssh-ed25519@openssh.com', string(RAW), string(application));
  assert.notEqual(faultOf([{ ssh: sk('ssh:') }], [{ ssh: sk('ssh:second') }]), null);
});

test('a modulus of RSA that is even, a small multiple or a power gives no key', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const { n = '' } = publicKey.export({ format: 'jwk' });
  const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
  const rsa = (value: bigint) => {
    const hex = value.toString(16);
    const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
    return faultOf([{ ssh: line('ssh-rsa', mpint(Buffer.from([1, 0, 1])), mpint(bytes)) }]);
  };
  assert.equal(rsa(modulus), null);
  for (const [what, value] of [
    ['even', modulus - 1n],
    ['a power of two', 2n ** 2_047n],
    ['one more than a power of two', 2n ** 2_047n + 1n],
    ['of 8,193 bits', 2n ** 8_192n + 1n],
    ['zero', 0n],
  ] as const) {
    assert.notEqual(rsa(value), null, what);
  }
});
