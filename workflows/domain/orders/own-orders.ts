/**
 * Orders of an engine as they were open when somebody looked, venue by venue: what containment may
 * cancel, and nothing that came since.
 */
import { z } from 'zod';
import { Order } from '../books/state.js';

/** Of a row that was not understood, its names alone. */
const Named = Order.pick({
  venue: true,
  account: true,
  clientOrderId: true,
  venueOrderId: true,
  conditional: true,
}).extend({ instrument: z.string() });

export const OwnOrders = z.array(
  z.object({ venue: z.string(), orders: z.array(z.union([Order, Named])) }),
);
export type OwnOrders = z.infer<typeof OwnOrders>;
