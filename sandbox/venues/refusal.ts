/**
 * Why a venue says no, before it is worded in the venue's own error format. The list is closed, so
 * every venue must word every reason.
 */
export type RefusalKind =
  | 'bad-key'
  | 'bad-signature'
  | 'stale-timestamp'
  | 'invalid-nonce'
  | 'bad-symbol'
  | 'invalid-argument'
  | 'filter-failure'
  | 'notional-too-small'
  | 'invalid-client-order-id'
  | 'duplicate-client-order-id'
  | 'insufficient-funds'
  | 'post-only-would-cross'
  | 'reduce-only-rejected'
  | 'would-trigger'
  | 'position-side-mismatch'
  | 'position-mode-unchanged'
  | 'position-mode-locked'
  | 'unknown-order'
  | 'not-cancellable'
  | 'maintenance'
  | 'cancel-only'
  | 'unknown-path';

export class Refusal extends Error {
  readonly kind: RefusalKind;
  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.name = 'Refusal';
    this.kind = kind;
  }
}
