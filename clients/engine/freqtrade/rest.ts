/**
 * freqtrade's REST interface: HTTP Basic, answers as JSON.
 *
 * Invariants: an answer that does not fit is a failure, never a default; figures stay text; nothing that the
 * bot says is told further unless it is short and holds no secret.
 */
import type { z } from 'zod';
import { UNCLEAR } from '../../../workflows/domain/failure.js';
import { failure } from '../../../workflows/failure.js';
import { LARGEST } from '../bounded-body.js';
import { exactJson } from '../exact-json.js';
import { send } from '../http-request.js';
import { lastWords } from '../words.js';

export interface RestSettings {
  url: string;
  /** `user:password`. */
  login: string;
  timeoutMs: number;
}

export interface Rest {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  post(path: string): Promise<void>;
}

export function createRest(settings: RestSettings): Rest {
  const authorization = `Basic ${Buffer.from(settings.login).toString('base64')}`;
  const ask = async (path: string, isWrite: boolean): Promise<string> => {
    const { ok, status, text } = await send(settings, {
      path: `/api/v1/${path}`,
      limit: LARGEST.state,
      headers: { authorization },
      ...(isWrite ? { body: {} } : {}),
    });
    if (ok) return text;
    throw refusal({ path, status, text }, settings.login);
  };
  return {
    get: async (path, schema) => {
      const parsed = schema.safeParse(exactJson(await ask(path, false)));
      if (parsed.success) return parsed.data;
      throw failure('EngineRefused', `${path} of freqtrade answered outside its interface`);
    },
    post: async (path) => void (await ask(path, true)),
  };
}

/** It fails with 502 where it refuses, with 503 before it is there. */
function refusal(
  { path, status, text }: { path: string; status: number; text: string },
  login: string,
) {
  if (status === 401) {
    const remedy = 'control.auth names a variable with user:password of its api_server';
    return failure('EngineRefused', `freqtrade does not know this login: ${remedy}`);
  }
  const words = lastWords([text], [login, ...login.split(':')]);
  const said = `${path} of freqtrade failed with ${status}: ${words}`;
  if (status === 502 || status < 500) return failure('EngineRefused', said);
  return failure('EngineUnreachable', said, UNCLEAR);
}
