/**
 * The grammar of the keys under which the domain keeps what it knows: `venue|account|…`, built and
 * parsed here alone.
 *
 * Invariants: a key is a function of content, and two contents have two keys, as long as no part but
 * the last holds a separator: `names.ts` refuses those that people choose, and venues list no
 * instrument or asset with one; what is parsed builds the same key again.
 */
export const POSITION_SIDES = ['net', 'long', 'short'] as const;
type PositionSide = (typeof POSITION_SIDES)[number];

export interface Account {
  venue: string;
  account: string;
}

export interface Listing extends Account {
  instrument: string;
}

export interface AssetAt extends Account {
  asset: string;
}

const SEPARATOR = '|';

/** One account of one venue: what is read, or cannot be, as a whole. */
export function accountKey({ venue, account }: Account): string {
  return `${venue}|${account}`;
}

export function listingKey({ venue, account, instrument }: Listing): string {
  return `${venue}|${account}|${instrument}`;
}

export function positionKey(position: Listing & { side: PositionSide }): string {
  return sideKey(position, position.side);
}

/** As `positionKey`; of spot fills, which have no side, a key to group them by. */
export function sideKey({ venue, account, instrument }: Listing, side: PositionSide | ''): string {
  return `${venue}|${account}|${instrument}|${side}`;
}

export function balanceKey({ venue, account, asset }: AssetAt): string {
  return `${venue}|${account}|${asset}`;
}

/** Counters may give one client id to orders of several instruments. */
export function orderKey(order: Listing & { clientOrderId: string }): string {
  return `${order.venue}|${order.account}|${order.instrument}|${order.clientOrderId}`;
}

/** Order ids of a venue are unique per instrument only, at some venues. */
export function venueOrderKey(order: Listing & { venueOrderId: string | null }): string {
  return `${order.venue}|${order.account}|${order.instrument}|${order.venueOrderId}`;
}

/** Of an order at an account whose instrument has no name of ours. */
export function bareOrderKey(order: {
  venue: string;
  account: string;
  venueOrderId: string | null;
}): string {
  return `${order.venue}|${order.account}|${order.venueOrderId}`;
}

/** A resting order, and the trigger that made it under the same id, are two. */
export function restingOrderKey(
  order: Listing & { venueOrderId: string | null; conditional?: boolean | undefined },
): string {
  return `${venueOrderKey(order)}|${order.conditional === true}`;
}

/** An order by both of its names: that of the engine and that of the venue. */
export function namedOrderKey(
  order: Listing & { clientOrderId: string; venueOrderId: string | null },
): string {
  return `${orderKey(order)}|${order.venueOrderId}`;
}

/** Within a venue. Trade ids are unique per instrument only, at some venues. */
export function appliedFillId(fill: Omit<Listing, 'venue'> & { tradeId: string }): string {
  return `${fill.account}|${fill.instrument}|${fill.tradeId}`;
}

/** Within a venue. Cannot be the id of a fill: no instrument is called `cash`. */
export function appliedFlowId({
  account,
  asset,
  id,
}: Omit<AssetAt, 'venue'> & { id: string }): string {
  return `${account}|cash|${asset}|${id}`;
}

/** Tells the two legs of a trade with ourselves apart. */
export function fillLeg(fill: { side: string; positionSide?: PositionSide | undefined }): string {
  return `${fill.side}|${fill.positionSide}`;
}

/** One of the two legs of one id. */
export function legKey(id: string, leg: string): string {
  return `${id}|${leg}`;
}

/** Instruments are specified once for all accounts of a venue. */
export function specKey({ venue, instrument }: Omit<Listing, 'account'>): string {
  return `${venue}|${instrument}`;
}

/** As a configuration names inventory that belongs at a venue. */
export function baselineKey({ venue, asset }: Omit<AssetAt, 'account'>): string {
  return `${venue}|${asset}`;
}

/** Null where the text is no `venue|ASSET`. */
export function parseBaselineKey(key: string): Omit<AssetAt, 'account'> | null {
  const [venue = '', asset = '', ...more] = key.split(SEPARATOR);
  return venue === '' || asset === '' || more.length > 0 ? null : { venue, asset };
}

export type FigureParts =
  ({ kind: 'position'; side: PositionSide } & Listing) | ({ kind: 'balance' } & AssetAt);

/** What a position key or a balance key is made of. */
export function parseFigureKey(key: string): FigureParts {
  const [venue = '', account = '', name = '', last] = key.split(SEPARATOR);
  const side = POSITION_SIDES.find((each) => each === last);
  return side === undefined
    ? { kind: 'balance', venue, account, asset: name }
    : { kind: 'position', venue, account, instrument: name, side };
}

/** What a person reads as one figure: an asset, or an instrument with its side. */
export function itemKey({ venue, account, item }: Account & { item: string }): string {
  return `${venue}|${account}|${item}`;
}

/** A kind of thing, and the key of the thing: `order|…`, `figure|…`, `venue|…`. */
export function kindKey(kind: string, key: string): string {
  return `${kind}|${key}`;
}

/** As a person reads it. */
export function keyText(key: string): string {
  return key.replaceAll(SEPARATOR, ' ');
}
