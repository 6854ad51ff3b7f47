/**
 * Names that people choose and that stand in keys and ids: of engines, venues, accounts and hosts;
 * and those of approvers and roles, which people read.
 *
 * Invariant: a name that fits is a whole part of any key (`venue|account|…`) and of any id
 * (`engine/…`), a file name of its own, and shown as it is typed.
 */
import { z } from 'zod';
import { anyOf, oneOf, SHAPELESS } from './characters.js';

const LONGEST = 64;
/** Parts of keys and ids end at these. */
const PARTING = /[|/\\]/;
/** Nor are the others seen for what they are. */
const SEPARATOR = anyOf(['blank', ...SHAPELESS], String.raw`\x7c/\\`);
/** They mean a folder or a part of a function; what every object has is taken too. */
const TAKEN: readonly string[] = ['.', '..', 'prototype'];
const REMEDY = 'use letters, digits, "-", "_" and ".", such as "desk-1"';

/** What nobody sees for what it is (a plain blank is), and what means another folder. */
const ODD_ONE = oneOf(['blank', ...SHAPELESS], { also: String.raw`\\`, but: ' ' });
const ODD = new RegExp([ODD_ONE, String.raw`(?:^|/)\.\.?(?:/|$)`].join('|'), 'u');
const ANY_SHAPELESS = anyOf(SHAPELESS);
/** With the engine id before it, it names a folder: 255 bytes at most. */
const LONGEST_INSTANCE = 180;

/** Of an instance, which an engine names itself: as a name, but for "/" and its length. */
export function instanceNameFault(name: string): string | null {
  if (name === '' || name === '.' || name === '..') return 'is no name';
  const [held] = ODD.exec(name) ?? [];
  if (held !== undefined) return `holds ${JSON.stringify(held)}`;
  const { length } = encodeURIComponent(name);
  return length > LONGEST_INSTANCE
    ? `takes ${length} characters: at most ${LONGEST_INSTANCE} fit`
    : null;
}

/** What is wrong with a name and what to write instead, as the end of a sentence; null if nothing. */
function nameFault(name: string): string | null {
  if (name === '') return `is empty: ${REMEDY}`;
  if (TAKEN.includes(name) || name in {}) {
    return `is a word with a meaning of its own: choose another, ${REMEDY}`;
  }
  const [held] = SEPARATOR.exec(name) ?? [];
  if (held !== undefined) {
    const why = PARTING.test(held) ? 'parts keys and ids' : 'nobody sees for what it is';
    return `holds ${JSON.stringify(held)}, which ${why}: ${REMEDY}`;
  }
  // As a file is named by it, which a letter outside ASCII makes up to twelve times as long.
  const { length } = encodeURIComponent(name);
  return length > LONGEST ? `takes ${length} characters as a file: at most ${LONGEST} fit` : null;
}

function nameOf(what: string) {
  return z
    .string()
    .superRefine((name, context) => {
      const fault = nameFault(name);
      if (fault !== null) context.addIssue({ code: 'custom', message: `the ${what} ${fault}` });
    })
    .meta({ minLength: 1, maxLength: LONGEST }); // said once more for the published schema
}

export const EngineId = nameOf('engine id');
export const VenueName = nameOf('name of the venue');
export const AccountName = nameOf('name of the account');
export const HostName = nameOf('name of the host');

/** Letters, digits and what stands between them in names of people, such as "mei.lin" or "Mei Lin". */
const OF_A_PERSON = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._@'+-]*[\p{L}\p{M}\p{N}])?$/u;
const ALPHABETS = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Hebrew', 'Arabic', 'Georgian'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);

function personFault(name: string): string | null {
  if (name.length > LONGEST) return `has ${name.length} characters: at most ${LONGEST} fit`;
  if (name !== name.normalize('NFKC')) {
    return `holds characters that others stand for: write it plainly, ${REMEDY}`;
  }
  if (!OF_A_PERSON.test(name) || /[ ]{2}/.test(name) || ANY_SHAPELESS.test(name)) {
    return `${JSON.stringify(name)} is no name that everybody reads the same: ${REMEDY}`;
  }
  const mixed = ALPHABETS.filter((alphabet) => alphabet.test(name)).length > 1;
  return mixed ? `mixes alphabets, whose letters look alike: ${REMEDY}` : null;
}

function readBy(people: string) {
  return z
    .string()
    .superRefine((name, context) => {
      const fault = personFault(name);
      if (fault !== null) context.addIssue({ code: 'custom', message: `the ${people} ${fault}` });
    })
    .meta({ minLength: 1, maxLength: LONGEST });
}

export const ApproverName = readBy('name of the approver');
export const RoleName = readBy('role');
