/** Reading parameters off the wire. Invariant: what is malformed is refused, never guessed. */
import { decimal, type Decimal } from '../decimal.js';
import { Refusal } from '../refusal.js';

const DECIMAL = /^\d+(?:\.\d+)?$/;

export function parseDecimal(name: string, text: string | null | undefined): Decimal {
  if (text === null || text === undefined || !DECIMAL.test(text)) {
    throw new Refusal('invalid-argument', `${name} must be a decimal, not ${text ?? 'absent'}`);
  }
  return decimal(text);
}

export function optionalInteger(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new Refusal('invalid-argument', `${name} must be an integer, not ${text}`);
  }
  return value;
}

export function optionalText(params: URLSearchParams, name: string): string | undefined {
  return params.get(name) ?? undefined;
}

export function oneOf<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  text: string | null | undefined,
): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) {
    const all = choices.join(', ');
    throw new Refusal('invalid-argument', `${name} must be one of ${all}, not ${text ?? 'absent'}`);
  }
  return choice;
}
