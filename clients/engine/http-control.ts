/**
 * The engine's control surface over HTTP (docs/engine-control.openapi.yaml).
 *
 * Invariants: every write carries epoch and idempotency key, so repeating it is one effect; an
 * answer that does not fit the contract is a failure, never a default.
 */
import { z } from 'zod';
import type { EngineCapabilities, EngineControl, WriteStamp } from '../../activities/ports.js';
import {
  ComprehensiveHealth,
  ControlRefusal,
  EngineStateAnswer,
  EPOCH_HEADER,
  IDEMPOTENCY_HEADER,
  QuickHealth,
  RiskLimits,
  StateDigest,
} from '../../workflows/domain/engine/control.js';
import { SILENT } from '../../workflows/domain/failure.js';
import { failure } from '../../workflows/failure.js';
import { launchEngine, type LaunchSettings } from './launch.js';

export interface HttpControlSettings {
  url: string;
  token: string | null;
  timeoutMs: number;
  launch: LaunchSettings;
}

const Anything = z.unknown();

export function createHttpControl(
  settings: HttpControlSettings,
): EngineControl & EngineCapabilities {
  const read = <T>(path: string, schema: z.ZodType<T>) => request(settings, { path, schema });
  const write = async (path: string, body: object, stamp: WriteStamp): Promise<void> => {
    await request(settings, { path, schema: Anything, body, stamp });
  };
  return {
    start: async ({ statePath, epoch, instanceId }) => {
      await launchEngine(settings.launch, { state: statePath, epoch, instance: instanceId });
    },
    quickHealth: () => read('/health/quick', QuickHealth),
    comprehensiveHealth: () => read('/health/comprehensive', ComprehensiveHealth),
    stateDigest: () => read('/state/digest', StateDigest),
    state: () => read('/state', EngineStateAnswer),
    riskLimits: () => read('/risk/limits', RiskLimits),
    setLimits: (percent, stamp) => write('/limits', { percent }, stamp),
    enableStrategies: (level, stamp) => write('/strategies', { level }, stamp),
    shutdown: (mode, stamp) => write('/shutdown', { mode }, stamp),
  };
}

interface Request<T> {
  path: string;
  schema: z.ZodType<T>;
  body?: object;
  stamp?: WriteStamp;
}

async function request<T>(settings: HttpControlSettings, call: Request<T>): Promise<T> {
  const { path, schema } = call;
  const { ok, status, text } = await send(settings, call);
  const body = parseJson(text);
  if (!ok) throw refusal(path, status, body);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw failure('EngineRefused', `${path} answered outside its contract`);
}

/** With the whole body: an answer that is cut off half-way is no answer. */
async function send<T>(settings: HttpControlSettings, { path, body, stamp }: Request<T>) {
  const headers: Record<string, string> = {
    ...(settings.token === null ? {} : { authorization: `Bearer ${settings.token}` }),
    ...(stamp === undefined
      ? {}
      : { [EPOCH_HEADER]: String(stamp.epoch), [IDEMPOTENCY_HEADER]: stamp.idempotencyKey }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  try {
    const response = await fetch(new URL(path, settings.url), {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      signal: AbortSignal.timeout(settings.timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (error) {
    const why = error instanceof Error ? error.name : 'failed';
    throw failure('EngineUnreachable', `${path} of the engine does not answer (${why})`, SILENT);
  }
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
  return failure(kind, `${path} refused: ${why}`);
}
