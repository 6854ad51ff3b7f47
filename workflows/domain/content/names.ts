/**
 * Names that people choose and that stand in keys and ids: of engines, venues, accounts and hosts.
 *
 * Invariant: a name that fits is a whole part of any key (`venue|account|…`) and of any id
 * (`engine/…`), a file name of its own, and shown as it is typed.
 */
import { z } from 'zod';

const LONGEST = 64;
/** Parts of keys and ids end at these. */
const PARTING = /[|/\\]/;
/** Nor are the others seen for what they are. */
const SEPARATOR = /[|/\\\p{Z}\p{C}]/u;
/** They mean a folder or a part of a function; what every object has is taken too. */
const TAKEN: readonly string[] = ['.', '..', 'prototype'];
const REMEDY = 'use letters, digits, "-", "_" and ".", such as "desk-1"';

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
