/** What the checks of envelopes are made of: a shape, and the fields without which rows are lost. */
import { isRow } from './rows.js';

export type Check = (body: unknown) => boolean;

/** First match wins; the path is matched without its query. */
export type Rules = readonly (readonly [RegExp, Check])[];

export const isList: Check = Array.isArray;
export const isRecord: Check = isRow;

export function hasList(key: string): Check {
  return (body) => isRow(body) && Array.isArray(body[key]);
}

/** A venue without a market is none. */
export function hasRows(key: string): Check {
  return (body) => isRow(body) && Array.isArray(body[key]) && body[key].length > 0;
}

/** Any of them, and not `null`. */
export function hasKey(...keys: string[]): Check {
  return (body) => isRow(body) && keys.some((key) => isGiven(body[key]));
}

export const rowWith =
  (...fields: string[]): Check =>
  (row) =>
    isRow(row) && fields.every((field) => isGiven(row[field]));

export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A list, at the key or bare, of which every row passes. */
export function listOf(key: string | null, isGood: Check): Check {
  return (body) => {
    const rows = key === null || !isRow(body) ? body : body[key];
    return Array.isArray(rows) && rows.every(isGood);
  };
}

export const all =
  (...checks: Check[]): Check =>
  (body) =>
    checks.every((check) => check(body));

export const either =
  (...checks: Check[]): Check =>
  (body) =>
    checks.some((check) => check(body));

/** A decimal number, as text or as a number. */
export function isNumber(value: unknown): boolean {
  return (
    (typeof value === 'number' && Number.isFinite(value)) ||
    (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
  );
}

export const numbersIn =
  (...fields: string[]): Check =>
  (row) =>
    isRow(row) && fields.every((field) => isNumber(row[field]));

export const booleansIn =
  (...fields: string[]): Check =>
  (row) =>
    isRow(row) && fields.every((field) => typeof row[field] === 'boolean');
