/**
 * A typed client of the admin API.
 *
 * Invariant: every refusal becomes an error that carries the server's own message.
 */
import type {
  CancelBody,
  CashFlowBody,
  DepthBody,
  EndBody,
  FaultBody,
  FaultsView,
  FeeSettingBody,
  FillBody,
  FundingBody,
  JournalView,
  KeyRightsBody,
  LedgerView,
  LiquidationBody,
  OrderBody,
  OrderOutcome,
  PageSizeBody,
  PositionModeBody,
  PriceBody,
  RequestsView,
  StatusBody,
  TransferBody,
  VolatilityBody,
} from './admin/admin-api.js';

export type VenueAdmin = ReturnType<typeof createVenueAdmin>;

interface Done {
  ok: true;
}

export function createVenueAdmin(adminUrl: string) {
  async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(adminUrl + path, { method, ...sent });
    const answer: unknown = await response.json();
    if (!response.ok) {
      const { error } = answer as { error: string };
      throw new Error(`Venue admin refused ${method} ${path}: ${error}`);
    }
    return answer as Answer;
  }
  const post = <Answer = Done>(path: string, body?: unknown) => call<Answer>('POST', path, body);
  return {
    health: () => call<{ ok: true; sequence: number; timeMs: number }>('GET', '/health'),
    ledger: (atMs?: number) =>
      call<LedgerView>('GET', atMs === undefined ? '/ledger' : `/ledger?atMs=${atMs}`),
    journal: (after = 0) => call<JournalView>('GET', `/journal?after=${after}`),
    /** The signatures and tokens that came with the newest requests. */
    proofs: (newest?: number) =>
      call<{ proofs: string[] }>(
        'GET',
        newest === undefined ? '/proofs' : `/proofs?newest=${newest}`,
      ),
    requests: () => call<RequestsView>('GET', '/requests'),
    setPrice: (body: PriceBody) => post('/price', body),
    holdPrice: () => post('/price/hold'),
    resumePrice: () => post('/price/resume'),
    setVolatility: (body: VolatilityBody) => post('/volatility', body),
    setStatus: (body: StatusBody) => post('/status', body),
    setKeyRights: (body: KeyRightsBody) => post('/key-rights', body),
    fillOrder: (body: FillBody) => post<OrderOutcome>('/fill', body),
    cancelOrder: (body: CancelBody) => post<OrderOutcome>('/cancel', body),
    expireOrder: (body: EndBody) => post<OrderOutcome>('/expire', body),
    rejectOrder: (body: EndBody) => post<OrderOutcome>('/reject', body),
    liquidate: (body: LiquidationBody) => post<OrderOutcome>('/liquidate', body),
    placeOrder: (body: OrderBody) => post<OrderOutcome>('/orders', body),
    transfer: (body: TransferBody) => post('/transfer', body),
    recordCashFlow: (body: CashFlowBody) => post('/cash-flow', body),
    fund: (body: FundingBody) => post<{ positions: number }>('/funding', body),
    setPositionMode: (body: PositionModeBody) => post('/position-mode', body),
    setFeeSetting: (body: FeeSettingBody) => post('/fee-setting', body),
    setDepth: (body: DepthBody) => post('/depth', body),
    setFault: (body: FaultBody) => post('/faults', body),
    setPageSize: (body: PageSizeBody) => post('/page-size', body),
    faults: () => call<FaultsView>('GET', '/faults'),
    /** Says what they touched. */
    clearFaults: () => call<Pick<FaultsView, 'touched'>>('DELETE', '/faults'),
  };
}
