/**
 * The few methods of Slack's Web API that are used, over `fetch`: Slack's own clients retry by themselves,
 * for half an hour, where our queues do, and bring ten packages.
 *
 * Invariant: `ok: false` is a failure that names Slack's word for it, and nothing else of the answer.
 */
import { z } from 'zod';
import { failure } from '../../../workflows/failure.js';
import type { Call } from '../calls.js';

const Answer = z.object({ ok: z.boolean(), error: z.string().optional() });
/** As Slack writes them. */
const ERROR_WORD = /^[a-z0-9_]{1,60}$/;

export class SlackRefused extends Error {
  override name = 'SlackRefused';
}

export interface SlackApi {
  /** Fails with SlackRefused where Slack said no, and with `NotificationFailed` where it said nothing. */
  call<T extends z.ZodType>(method: string, content: unknown, shape: T): Promise<z.infer<T>>;
}

interface Access {
  name: string;
  /** Of Slack. */
  url: string;
  token: string;
  call: Call;
}

export function createSlackApi({ name, url, token, call }: Access): SlackApi {
  return {
    async call(method, content, shape) {
      const { text } = await call({
        url: `${new URL(url).origin}/api/${method}`,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json; charset=utf-8',
        },
        body: JSON.stringify(content),
      });
      const answer = jsonOf(text);
      const { success, data } = Answer.safeParse(answer);
      if (!success) throw failure('NotificationFailed', `${name} answered nonsense`);
      if (!data.ok) throw new SlackRefused(ERROR_WORD.exec(data.error ?? '')?.[0] ?? 'unknown');
      const told = shape.safeParse(answer);
      if (!told.success) throw failure('NotificationFailed', `${name} answered nonsense`);
      return told.data;
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
