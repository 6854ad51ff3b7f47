/** Search attributes by name, and their registration where no command line can do it. */
import type { Connection } from '@temporalio/client';

/** A client's connection or a worker's. */
type Operator = Pick<Connection, 'operatorService'>;

type SearchAttributeKind =
  'Keyword' | 'KeywordList' | 'Datetime' | 'Int' | 'Double' | 'Bool' | 'Text';

export type SearchAttributes = Readonly<Record<string, SearchAttributeKind>>;

/** `IndexedValueType` of the Temporal API; the SDK publishes its type but not its values. */
const INDEXED_VALUE_TYPES: Readonly<Record<SearchAttributeKind, number>> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};

/** Nothing of ours can make it another one. */
export class SearchAttributeMismatch extends Error {
  override name = 'SearchAttributeMismatch';
}

/** Registers those that are missing. Idempotent; refuses one that is there with another type. */
export async function ensureSearchAttributes(
  connection: Operator,
  namespace: string,
  attributes: SearchAttributes,
): Promise<void> {
  const missing = await findMissing(connection, namespace, attributes);
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(
    missing.map(([name, kind]) => [name, INDEXED_VALUE_TYPES[kind]]),
  );
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    // Another process may have registered them between our look and our write.
    if ((await findMissing(connection, namespace, attributes)).length > 0) throw error;
  }
}

/** By name and kind. Fails with a SearchAttributeMismatch where one has another type. */
export async function findMissing(
  connection: Operator,
  namespace: string,
  attributes: SearchAttributes,
): Promise<[string, SearchAttributeKind][]> {
  const present = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.entries(attributes).filter(([name, kind]) => {
    const type = present.customAttributes[name];
    if (type === undefined) return true;
    if ((type as number) === INDEXED_VALUE_TYPES[kind]) return false;
    throw new SearchAttributeMismatch(
      `Search attribute ${name} exists in ${namespace} and is not of type ${kind}.`,
    );
  });
}
