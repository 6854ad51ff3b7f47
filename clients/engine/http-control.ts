/**
 * The engine's control surface over HTTP (docs/engine-control.openapi.yaml).
 *
 * Invariants: every write carries epoch and idempotency key, so repeating it is one effect; an
 * answer that does not fit the contract is a failure, never a default; only the address that is
 * configured answers for the engine, and no answer is longer than its endpoint's may be.
 */
import { z } from 'zod';
import type { EngineCapabilities, EngineControl, WriteStamp } from '../../activities/ports.js';
import {
  ComprehensiveHealth,
  ControlRefusal,
  EngineStateAnswer,
  EngineExposure,
  EPOCH_HEADER,
  IDEMPOTENCY_HEADER,
  OrderTaken,
  QuickHealth,
  RiskLimits,
  StateDigest,
  type HttpOffer,
} from '../../workflows/domain/engine/control.js';
import { UNCLEAR } from '../../workflows/domain/failure.js';
import { failure } from '../../workflows/failure.js';
import { LARGEST } from './bounded-body.js';
import { Ending, explained } from './ending.js';
import { send } from './http-request.js';
import { launchEngine, type LaunchSettings } from './launch.js';

export interface HttpControlSettings {
  url: string;
  token: string | null;
  timeoutMs: number;
  launch: LaunchSettings;
  /** Beside the contract, by its configuration. What is not named is never asked of it. */
  offers?: readonly HttpOffer[];
}

const Anything = z.unknown();

type Offered = Pick<EngineCapabilities, HttpOffer>;

/** All of the contract, whose limits are listed and whose state is told whole: no count of orders is asked. */
type HttpControl = Omit<EngineControl, keyof EngineCapabilities> &
  Omit<EngineCapabilities, 'positions' | 'openOrders' | 'riskLimits' | HttpOffer> &
  Partial<Offered> & {
    riskLimits(): Promise<RiskLimits>;
  };

export function createHttpControl(settings: HttpControlSettings): HttpControl {
  const read = <T>(path: string, schema: z.ZodType<T>, limit: number = LARGEST.short) =>
    request(settings, { path, schema, limit });
  const write = async (path: string, body: object, stamp: WriteStamp): Promise<void> => {
    await request(settings, { path, schema: Anything, limit: LARGEST.short, body, stamp });
  };
  const ending = new Ending();
  const control: HttpControl = {
    start: async ({ statePath, epoch, instanceId }) => {
      const values = { state: statePath, epoch, instance: instanceId };
      await launchEngine(settings.launch, values, ending);
    },
    ending: async (instanceId) => ending.of(instanceId),
    quickHealth: () => read('/health/quick', QuickHealth),
    comprehensiveHealth: () => read('/health/comprehensive', ComprehensiveHealth, LARGEST.list),
    stateDigest: () => read('/state/digest', StateDigest),
    state: () => read('/state', EngineStateAnswer, LARGEST.state),
    riskLimits: () => read('/risk/limits', RiskLimits, LARGEST.list),
    setLimits: (percent, stamp) => write('/limits', { percent }, stamp),
    enableStrategies: (level, stamp) => write('/strategies', { level }, stamp),
    shutdown: (mode, stamp) => write('/shutdown', { mode }, stamp),
    ...offeredOf(settings),
  };
  return explained(control, ending);
}

function offeredOf(settings: HttpControlSettings): Partial<Offered> {
  const send = <T>(path: string, schema: z.ZodType<T>, body: object, stamp: WriteStamp) =>
    request(settings, { path, schema, limit: LARGEST.short, body, stamp });
  const all: Offered = {
    sync: async (stamp) => void (await send('/state/sync', Anything, {}, stamp)),
    updatePosition: async (update, stamp) =>
      void (await send('/state/positions', Anything, update, stamp)),
    importOrder: async (order, stamp) =>
      (await send('/state/orders', OrderTaken, order, stamp)).outcome,
    exposure: async () => {
      const path = '/risk/exposure';
      return (await request(settings, { path, schema: EngineExposure, limit: LARGEST.short }))
        .total;
    },
  };
  const { offers = [] } = settings;
  return Object.fromEntries(offers.map((name) => [name, all[name]]));
}

interface Request<T> {
  path: string;
  schema: z.ZodType<T>;
  /** Bytes of the answer. */
  limit: number;
  body?: object;
  stamp?: WriteStamp;
}

function headersOf<T>({ token }: HttpControlSettings, { stamp }: Request<T>) {
  return {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(stamp === undefined
      ? {}
      : { [EPOCH_HEADER]: String(stamp.epoch), [IDEMPOTENCY_HEADER]: stamp.idempotencyKey }),
  };
}

async function request<T>(settings: HttpControlSettings, call: Request<T>): Promise<T> {
  const { path, schema } = call;
  const { ok, status, text } = await send(settings, {
    ...call,
    headers: headersOf(settings, call),
  });
  const body = parseJson(text);
  if (!ok) throw refusal(path, status, body);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw failure('EngineRefused', `${path} answered outside its contract`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusal(path: string, status: number, body: unknown) {
  const parsed = ControlRefusal.safeParse(body);
  const why = parsed.success ? `${parsed.data.error}: ${parsed.data.message}` : `status ${status}`;
  if (parsed.success && parsed.data.error === 'stale_epoch') return failure('StaleEpoch', why);
  const kind = status >= 500 ? 'EngineUnreachable' : 'EngineRefused';
  return failure(kind, `${path} refused: ${why}`, status >= 500 ? UNCLEAR : undefined);
}
