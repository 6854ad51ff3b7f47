/** How often Coinbase may be asked. */
import { perWindow, type Limits } from '../../budget/charge.js';

const PRIVATE = perWindow(30, 1);
const PUBLIC = perWindow(10, 1);

export const COINBASE_LIMITS: Limits = {
  charges: ({ signed }) =>
    signed
      ? [{ bucket: 'private', scope: 'key', limit: PRIVATE, cost: 1 }]
      : [{ bucket: 'public', scope: 'ip', limit: PUBLIC, cost: 1 }],
};
