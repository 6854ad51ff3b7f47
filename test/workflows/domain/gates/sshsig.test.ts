/** SSH signatures over decisions: each kind of key as OpenSSH makes it, and every forgery of them. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign as nodeSign } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import type { Approver } from '../../../../workflows/domain/gates/approver.js';
import {
  decisionBytes,
  decisionWith,
  type Decision,
  type Said,
} from '../../../../workflows/domain/gates/decision.js';
import { refusalOfAny } from '../../../../workflows/domain/gates/any-decision.js';
import type { GateRequest } from '../../../../workflows/domain/gates/gate.js';
import { whyNo } from '../../../needs.js';
import { exposureGate, OPENED_AT_MS } from './gate-shown.js';
import {
  fromFile,
  keyFile,
  mpint,
  securityKey,
  sshsig,
  string,
  toBeSigned,
  type SshSigner,
  type SshsigParts,
} from './ssh-keys.js';

const WITH_SSH = { skip: whyNo('ssh') };
const GATE = exposureGate();
const NOW = OPENED_AT_MS + 60_000;
const SAID: Said = {
  answer: 'approve',
  reason: 'seen',
  approver: 'mei',
  decidedAtMs: OPENED_AT_MS + 1_000,
};
const BYTES = decisionBytes(GATE, SAID);

function refusal(line: string, decision: Decision, gate: GateRequest = GATE): string {
  const approvers: Approver[] = [{ name: 'mei', roles: ['risk'], keys: [{ ssh: line }] }];
  const judging = { gate, approvers, nowMs: NOW, former: false };
  return refusalOfAny(decision, judging)?.why ?? 'counts';
}

function withSshsig(signature: string | Buffer): Decision {
  const hex = typeof signature === 'string' ? signature : signature.toString('hex');
  return decisionWith(GATE, SAID, { kind: 'ssh', signature: hex });
}

const TYPES: Record<string, string[]> = {
  ed25519: ['ed25519'],
  ecdsa: ['ecdsa', '-b', '256'],
  'rsa of 2,048 bits': ['rsa', '-b', '2048'],
  'rsa of 3,072 bits': ['rsa', '-b', '3072'],
};

for (const [name, type] of Object.entries(TYPES)) {
  test(
    `ssh-keygen signs with ${name}: it counts, and each forgery of it does not`,
    WITH_SSH,
    (t) => {
      const signer = fromFile(keyFile(t, ...type));
      const good = signer.sign(BYTES);
      assert.equal(refusal(signer.line, withSshsig(good)), 'counts');
      forgeries(t, signer, good);
    },
  );
}

test('a signature over SHA-256 counts too', WITH_SSH, (t) => {
  const signer = fromFile(keyFile(t, 'ed25519'), ['-O', 'hashalg=sha256']);
  assert.equal(refusal(signer.line, withSshsig(signer.sign(BYTES))), 'counts');
});

function forgeries(t: TestContext, signer: SshSigner, good: string): void {
  const decision = withSshsig(good);
  const cases: [string, Decision, RegExp][] = [
    ['answer', changed(decision, { answer: 'reject' }), /does not hold/],
    ['reason', changed(decision, { reason: 'unseen' }), /does not hold/],
    ['time', changed(decision, { decidedAtMs: SAID.decidedAtMs + 1 }), /does not hold/],
    ['one bit', withSshsig(flipped(good)), /does not hold/],
    ['namespace git', withSshsig(signer.sign(BYTES, { namespace: 'git' })), /namespace "git"/],
    ['of a file', withSshsig(signer.sign(BYTES, { namespace: 'file' })), /namespace "file"/],
    ["another person's key", withSshsig(other(t).sign(BYTES)), /none of "mei"/],
    ['magic', withSshsig(good.replace(/^53534853/, '53534854')), /no SSHSIG/],
    ['version 2', withSshsig(good.replace(/^(.{12})00000001/, '$100000002')), /version 2/],
    ['cut', withSshsig(good.slice(0, -2)), /cut short/],
    ['a byte after it', withSshsig(`${good}00`), /bytes too many/],
    ['length overflow', withSshsig(`${good.slice(0, 20)}ffffffff${good.slice(28)}`), /cut short/],
    ['not hex', withSshsig('zz'), /not hex/],
    ['odd hex', withSshsig(good.slice(1)), /not hex/],
    ['the armour', withSshsig('-----BEGIN SSH SIGNATURE-----'), /not hex/],
    ['nothing', withSshsig(''), /not hex/],
    ['9 kB', withSshsig('00'.repeat(9_000)), /too long/],
  ];
  for (const [what, forged, because] of cases) {
    assert.match(refusal(signer.line, forged), because, what);
  }
  for (const field of ['attempt', 'runId', 'quorum', 'onApprove', 'stateDigest'] as const) {
    const value = typeof GATE[field] === 'number' ? 9 : 'other';
    const gate = { ...GATE, [field]: value } as GateRequest;
    const dressed = { ...decision, ...decisionWith(gate, SAID, decision.proof) };
    assert.match(refusal(signer.line, dressed, gate), /does not hold/, field);
  }
}

function changed(decision: Decision, said: Partial<Said>): Decision {
  return { ...decision, said: { ...decision.said, ...said } };
}

/** In the signature itself, which stands at the end. */
function flipped(hex: string): string {
  const last = Number.parseInt(hex.slice(-1), 16) ^ 1;
  return hex.slice(0, -1) + last.toString(16);
}

function other(t: TestContext): SshSigner {
  return fromFile(keyFile(t, 'ed25519'));
}

for (const kind of ['ed25519', 'ecdsa'] as const) {
  const key = securityKey(kind);
  const refused = (parts: SshsigParts) =>
    refusal(key.line, withSshsig(key.signed(BYTES, parts).toString('hex')));

  test(`a security key of ${kind} counts where it was touched, with a PIN or without`, () => {
    assert.equal(refused({}), 'counts');
    assert.equal(refused({ flags: 5 }), 'counts');
    assert.equal(refused({ hash: 'sha256' }), 'counts');
  });

  test(`a security key of ${kind} that was not touched is refused`, () => {
    for (const flags of [0, 4]) assert.match(refused({ flags }), /was not touched/);
    const untouched = key.signed(BYTES, { flags: 0 });
    untouched[untouched.length - 5] = 1; // as if it had been
    assert.match(refusal(key.line, withSshsig(untouched)), /does not hold/);
  });

  test(`each forgery of a security key of ${kind} is refused by its name`, () => {
    assert.match(refused({ magic: 'SSHSIX' }), /no SSHSIG/);
    assert.match(refused({ version: 2 }), /version 2/);
    assert.match(refused({ namespace: 'git' }), /namespace "git"/);
    assert.match(refused({ reserved: 'x' }), /reserved/);
    assert.match(refused({ hash: 'sha1' }), /hash by sha1/);
    assert.match(refused({ format: `sk-${kind}` }), /format sk-/);
    assert.match(refused({ behind: 'x' }), /1 bytes too many/);
    const other = securityKey(kind, 'ssh:other');
    assert.match(refusal(other.line, withSshsig(key.signed(BYTES))), /none of "mei"/);
    const counter = key.signed(BYTES);
    counter[counter.length - 1] = 8;
    assert.match(refusal(key.line, withSshsig(counter)), /does not hold/);
  });
}

function rsaKey(bits: number, publicExponent = 65_537) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicExponent,
  });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const blob = Buffer.concat([
    string('ssh-rsa'),
    mpint(Buffer.from(e, 'base64url')),
    mpint(Buffer.from(n, 'base64url')),
  ]);
  const signed = (format: string, hash: string, change = (raw: Buffer) => raw) => {
    const raw = nodeSign(hash, toBeSigned(BYTES), privateKey);
    return sshsig(blob, Buffer.concat([string(format), string(change(raw))]));
  };
  return { line: `ssh-rsa ${blob.toString('base64')}`, signed, n: Buffer.from(n, 'base64url') };
}

test('RSA counts with SHA-2 alone, in its own length, and below its modulus', () => {
  const key = rsaKey(2_048);
  const said = (signature: Buffer) => refusal(key.line, withSshsig(signature));
  assert.equal(said(key.signed('rsa-sha2-512', 'sha512')), 'counts');
  assert.equal(said(key.signed('rsa-sha2-256', 'sha256')), 'counts');
  assert.match(said(key.signed('ssh-rsa', 'sha1')), /format ssh-rsa, which is not of ssh-rsa/);
  assert.match(said(key.signed('rsa-sha2-512', 'sha256')), /does not hold/);
  assert.match(said(key.signed('rsa-sha2-512', 'sha1')), /does not hold/);
  const longer = (raw: Buffer) => Buffer.concat([Buffer.from([0]), raw]);
  assert.match(said(key.signed('rsa-sha2-512', 'sha512', longer)), /does not hold/);
  const plusModulus = (raw: Buffer) => {
    const sum = BigInt(`0x${raw.toString('hex')}`) + BigInt(`0x${key.n.toString('hex')}`);
    return Buffer.from(sum.toString(16).padStart(514, '0'), 'hex');
  };
  assert.match(said(key.signed('rsa-sha2-512', 'sha512', plusModulus)), /does not hold/);
  for (const value of [0, 1]) {
    const trivial = () => Buffer.from([...Buffer.alloc(255), value]);
    assert.match(said(key.signed('rsa-sha2-512', 'sha512', trivial)), /does not hold/);
  }
});

test('RSA of fewer than 2,048 bits, or of another exponent, holds for nothing', () => {
  const small = rsaKey(1_024);
  const signed = withSshsig(small.signed('rsa-sha2-512', 'sha512'));
  assert.match(refusal(small.line, signed), /1024 bits: at least 2048/);
  const cubic = rsaKey(2_048, 3);
  const cubed = withSshsig(cubic.signed('rsa-sha2-512', 'sha512'));
  assert.match(refusal(cubic.line, cubed), /none of "mei"/);
});

test('numbers of ECDSA have one encoding, and both halves of the curve count', WITH_SSH, (t) => {
  const signer = fromFile(keyFile(t, 'ecdsa', '-b', '256'));
  let high = 0;
  for (let times = 0; times < 12; times += 1) {
    const good = signer.sign(BYTES);
    assert.equal(refusal(signer.line, withSshsig(good)), 'counts');
    if (isHigh(Buffer.from(good, 'hex'))) high += 1;
  }
  assert.ok(high > 0 && high < 12, `${high} of 12 were in the upper half`);
  const blob = Buffer.from(signer.line.split(' ')[1] ?? '', 'base64');
  const format = string('ecdsa-sha2-nistp256');
  const signed = (...numbers: Buffer[]) =>
    sshsig(blob, Buffer.concat([format, string(Buffer.concat(numbers))]));
  const one = mpint(Buffer.from([1]));
  for (const [what, signature, because] of [
    ['padded', signed(string(Buffer.from([0, 1])), one), /negative or padded/],
    ['negative', signed(string(Buffer.from([0x80])), one), /negative or padded/],
    ['zero', signed(string(''), one), /wrong size/],
    ['too long', signed(mpint(Buffer.alloc(33, 0x7f)), one), /wrong size/],
    ['one number', signed(one), /cut short/],
    ['three numbers', signed(one, one, one), /bytes too many/],
    ['no signature of it', signed(one, one), /does not hold/],
  ] as const) {
    assert.match(refusal(signer.line, withSshsig(signature)), because, what);
  }
});

/** The second number above half of the order. */
function isHigh(signature: Buffer): boolean {
  const s = signature.subarray(-32);
  return (s[0] ?? 0) >= 0x80 || signature.at(-33) === 0;
}

test('an Ed25519 signature of another length is refused', WITH_SSH, (t) => {
  const signer = fromFile(keyFile(t, 'ed25519'));
  const blob = Buffer.from(signer.line.split(' ')[1] ?? '', 'base64');
  for (const length of [0, 63, 65, 128]) {
    const raw = Buffer.concat([string('ssh-ed25519'), string(Buffer.alloc(length))]);
    assert.match(refusal(signer.line, withSshsig(sshsig(blob, raw))), /does not hold/);
  }
});

test('a file of the same key does not stand for its SSH signature', WITH_SSH, (t) => {
  const signer = fromFile(keyFile(t, 'ed25519'));
  const blob = Buffer.from(signer.line.split(' ')[1] ?? '', 'base64');
  const publicKey = blob.subarray(-32).toString('hex');
  const signature = signer.sign(BYTES).slice(-128);
  const decision = decisionWith(GATE, SAID, { kind: 'ed25519', publicKey, signature });
  assert.match(refusal(signer.line, decision), /none of "mei"/);
  const approvers: Approver[] = [{ name: 'mei', roles: ['risk'], keys: [{ ed25519: publicKey }] }];
  const judging = { gate: GATE, approvers, nowMs: NOW, former: false };
  assert.match(refusalOfAny(decision, judging)?.why ?? 'counts', /does not hold/);
});
