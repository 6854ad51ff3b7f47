/** What a request of ccxt's is, as far as the venue's limits go. */
import { isRow } from '../answers/rows.js';
import type { RequestFacts } from './charge.js';

/** ccxt's own weighing, of: section, method, path, parameters, table entry. */
type Weigh = (
  ...of: [api: unknown, method: unknown, path: unknown, params: unknown, entry: object]
) => unknown;

/** Of the arguments of ccxt's `fetch2`: path, section, method, parameters, …, table entry. */
export function factsOf(
  request: readonly unknown[],
  weigh: Weigh,
  isSigned: (api: string, path: string) => boolean,
): RequestFacts {
  const [path, section, method, params, , , entry] = request;
  const api = Array.isArray(section) ? section.join(' ') : String(section);
  const given = isRow(params) ? params : {};
  const cost = Number(weigh(section, method, path, given, isRow(entry) ? entry : {}));
  return {
    api,
    path: String(path),
    params: given,
    cost: Number.isFinite(cost) ? cost : 1,
    signed: isSigned(api, String(path)),
    urgent: method === 'DELETE' || /cancel|countdown/i.test(String(path)),
  };
}
