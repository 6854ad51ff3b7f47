/** Our names for what a venue's endpoint does, the same for all venues. */
export const READ_ENDPOINTS = [
  'markets',
  'time',
  'status',
  'keyRights',
  'balance',
  'positions',
  'positionMode',
  'feeSetting',
  'openOrders',
  'order',
  'closedOrders',
  'conditionalOrders',
  'conditionalOrder',
  'forcedOrders',
  'fills',
  'cashFlows',
  'ticker',
  'candles',
] as const;
export const WRITE_ENDPOINTS = [
  'placeOrder',
  'cancelOrder',
  'placeConditional',
  'cancelConditional',
  'setPositionMode',
  'setFeeSetting',
  'deadManSwitch',
] as const;
export const ENDPOINTS = [...READ_ENDPOINTS, ...WRITE_ENDPOINTS] as const;

export type WriteEndpoint = (typeof WRITE_ENDPOINTS)[number];
export type Endpoint = (typeof ENDPOINTS)[number];

export function isWrite(endpoint: Endpoint): endpoint is WriteEndpoint {
  return WRITE_ENDPOINTS.some((name) => name === endpoint);
}
