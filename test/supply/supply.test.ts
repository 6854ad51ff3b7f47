/** What comes from others: each piece is known by its hash, its licence and what it may do. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ALLOWED, licenceOf, lockedPackages, noticeText, READ_BY_HAND, ROOT } from './licences.js';
import { makeSbom } from './publish-sbom.js';

const packages = lockedPackages();

test('every package of the lockfile is held to its content', () => {
  assert.ok(packages.length > 300);
  const loose = packages.filter(({ integrity }) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''));
  assert.deepEqual(
    loose.map(({ path }) => path),
    [],
    'take these entries out and run: npm install --package-lock-only',
  );
});

test('no package comes from a place of its own', () => {
  const strange = packages.filter(({ link, resolved }) => link === true || resolved !== undefined);
  assert.deepEqual(
    strange.map(({ path }) => path),
    [],
  );
});

test('every licence is one that somebody has read', () => {
  const unread = packages.filter((one) => licenceOf(one) === null);
  assert.deepEqual(
    unread.map(({ name, license }) => `${name}: ${license ?? 'none'}`),
    [],
  );
});

test('no licence is allowed that nothing needs', () => {
  const needed = new Set(
    packages.filter(({ name }) => !READ_BY_HAND.has(name)).map((one) => one.license),
  );
  assert.deepEqual(
    ALLOWED.filter((licence) => !needed.has(licence)),
    [],
  );
  const names = new Set(packages.map(({ name }) => name));
  for (const name of READ_BY_HAND.keys()) assert.ok(names.has(name), name);
});

test('a licence of no list, and none at all, are found', () => {
  const [one] = packages;
  assert.ok(one !== undefined);
  for (const license of [
    'GPL-3.0-only',
    'AGPL-3.0',
    'UNLICENSED',
    'SEE LICENSE IN X',
    '',
    undefined,
  ]) {
    const { license: _license, ...bare } = { ...one, name: 'new' };
    assert.equal(licenceOf(license === undefined ? bare : { ...bare, license }), null, license);
  }
});

test('who runs a program while being installed is known', () => {
  const running = packages.filter(({ hasInstallScript }) => hasInstallScript);
  assert.deepEqual(running.map(({ name }) => name).toSorted(), [
    '@swc/core',
    'bufferutil',
    'ccxt',
    'esbuild',
    'koffi',
    'protobufjs',
  ]);
});

test('NOTICE names what is delivered', () => {
  const text = readFileSync(new URL('NOTICE', ROOT), 'utf8');
  assert.equal(text, noticeText(packages), 'run: npm run sbom');
  assert.doesNotMatch(text, /UNKNOWN/);
});

test('the bill of materials holds what is delivered, with hash and licence, and nothing else', () => {
  const { components, dependencies, metadata } = makeSbom();
  const nameOf = ({ name, version }: { name: string; version: string }) => `${name}@${version}`;
  const expected = new Set(packages.filter(({ dev }) => !dev).map(nameOf));
  assert.deepEqual(new Set(components.map(nameOf)), expected);
  for (const component of components) {
    assert.ok(component.licenses.length > 0 && component.hashes.length > 0, nameOf(component));
  }
  const refs = new Set(components.map((component) => component['bom-ref']));
  const strays = dependencies.filter(({ ref }) => !refs.has(ref));
  assert.equal(strays.length, 1, 'only that of ourselves');
  assert.equal(metadata.component.name, 'relight');
});
