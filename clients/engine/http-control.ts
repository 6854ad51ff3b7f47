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
  EPOCH_HEADER,
  IDEMPOTENCY_HEADER,
  QuickHealth,
  RiskLimits,
  StateDigest,
} from '../../workflows/domain/engine/control.js';
import { SILENT, UNCLEAR } from '../../workflows/domain/failure.js';
import { failure } from '../../workflows/failure.js';
import { boundedText, LARGEST } from './bounded-body.js';
import { Ending, explained } from './ending.js';
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
  const read = <T>(path: string, schema: z.ZodType<T>, limit: number = LARGEST.short) =>
    request(settings, { path, schema, limit });
  const write = async (path: string, body: object, stamp: WriteStamp): Promise<void> => {
    await request(settings, { path, schema: Anything, limit: LARGEST.short, body, stamp });
  };
  const ending = new Ending();
  const control: EngineControl & EngineCapabilities = {
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
  };
  return explained(control, ending);
}

interface Request<T> {
  path: string;
  schema: z.ZodType<T>;
  /** Bytes of the answer. */
  limit: number;
  body?: object;
  stamp?: WriteStamp;
}

async function request<T>(settings: HttpControlSettings, call: Request<T>): Promise<T> {
  const { path, schema } = call;
  const { ok, status, text } = await send(settings, call);
  if (isRedirect(status)) {
    const remedy = 'write the address that answers itself as control.url';
    throw failure('EngineRefused', `${path} sends us elsewhere (${status}): ${remedy}`);
  }
  if (text === null) {
    throw failure('EngineRefused', `${path} answered more than ${call.limit} bytes`);
  }
  const body = parseJson(text);
  if (!ok) throw refusal(path, status, body);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw failure('EngineRefused', `${path} answered outside its contract`);
}

/** With the whole body: an answer that is cut off half-way is no answer. */
async function send<T>(settings: HttpControlSettings, { path, body, stamp, limit }: Request<T>) {
  const headers: Record<string, string> = {
    ...(settings.token === null ? {} : { authorization: `Bearer ${settings.token}` }),
    ...(stamp === undefined
      ? {}
      : { [EPOCH_HEADER]: String(stamp.epoch), [IDEMPOTENCY_HEADER]: stamp.idempotencyKey }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  try {
    const response = await fetch(addressOf(settings.url, path), {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      // Not 'error': whoever sends us elsewhere is there, and must not be taken for silent.
      redirect: 'manual',
      signal: AbortSignal.timeout(settings.timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await boundedText(response, limit);
    return { ok: response.ok, status: response.status, text };
  } catch (error) {
    throw unanswered(path, error);
  }
}

/** Below the path of the configured address, with or without a stroke at its end. */
function addressOf(url: string, path: string): URL {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/+$/, '')}${path}`;
  return address;
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** Only where nobody listens is nobody there: whoever is late, or breaks off, may be hung. */
function unanswered(path: string, error: unknown) {
  const isRefused = nobodyListens(error);
  const why = isRefused ? 'nobody listens' : error instanceof Error ? error.name : 'failed';
  const said = `${path} of the engine does not answer (${why})`;
  return failure('EngineUnreachable', said, isRefused ? SILENT : UNCLEAR);
}

/** At every address of its name that this host can try. */
function nobodyListens(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const causes: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const codes = causes.map((each) =>
    each instanceof Error ? (each as NodeJS.ErrnoException).code : undefined,
  );
  return codes.includes('ECONNREFUSED') && codes.every((code) => NOT_THERE.includes(code ?? ''));
}

const NOT_THERE = ['ECONNREFUSED', 'EADDRNOTAVAIL'];

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
