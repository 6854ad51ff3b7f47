/** Slack as documented, as far as it is used: the Web API over HTTP, and Socket Mode over a real WebSocket. */
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { NO_FAULTS, type NextFault } from './faults.js';
import { listen, type Asked, type Reply } from './http.js';

export const BOT_TOKEN = 'xoxb-1-2-canary';
export const APP_TOKEN = 'xapp-1-canary';
export const CHANNEL = 'C0123456789';

const Plain = (most: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(most),
    emoji: z.boolean().optional(),
  });
const Button = z.strictObject({
  type: z.literal('button'),
  action_id: z.string().max(255),
  text: Plain(75),
  value: z.string().max(2_000),
});
const RichText = z.strictObject({
  type: z.literal('rich_text'),
  elements: z.array(
    z.strictObject({
      type: z.literal('rich_text_preformatted'),
      elements: z.array(z.strictObject({ type: z.literal('text'), text: z.string().min(1) })),
    }),
  ),
});
const Block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: Plain(150) }),
  z.strictObject({ type: z.literal('markdown'), text: z.string().min(1).max(12_000) }),
  z.strictObject({ type: z.literal('actions'), elements: z.array(Button).min(1).max(25) }),
]);
const content = {
  channel: z.literal(CHANNEL),
  text: z.string().min(1).max(4_000),
  blocks: z.array(Block).max(50),
};
const Metadata = z.strictObject({
  event_type: z.string().regex(/^[a-z_]+$/),
  event_payload: z.strictObject({ incident: z.string(), key: z.string() }),
});
const listing = {
  channel: z.literal(CHANNEL),
  limit: z.number().int().min(1).max(999),
  include_all_metadata: z.boolean(),
};
const METHODS = {
  'chat.postMessage': z.strictObject({
    ...content,
    thread_ts: z.string().optional(),
    reply_broadcast: z.boolean().optional(),
    metadata: Metadata,
    unfurl_links: z.boolean(),
    unfurl_media: z.boolean(),
  }),
  'chat.update': z.strictObject({ ...content, ts: z.string() }),
  'conversations.history': z.strictObject(listing),
  'conversations.replies': z.strictObject({ ...listing, ts: z.string() }),
  'apps.connections.open': z.strictObject({}),
  'views.open': z.strictObject({
    trigger_id: z.string(),
    view: z.strictObject({
      type: z.literal('modal'),
      title: Plain(24),
      close: Plain(24),
      blocks: z.array(
        z.union([z.strictObject({ type: z.literal('section'), text: Plain(3_000) }), RichText]),
      ),
    }),
  }),
} as const;
type Method = keyof typeof METHODS;

interface Message {
  ts: string;
  thread_ts: string | undefined;
  broadcast: boolean;
  text: string;
  blocks: z.infer<typeof Block>[];
  metadata: z.infer<typeof Metadata>;
  edits: number;
}

export interface Slack {
  origin: string;
  messages: Message[];
  /** Modals that were opened. */
  views: { trigger_id: string; view: unknown }[];
  /** What did not fit, or had no right. */
  malformed: string[];
  /** Over Socket Mode, as a person does; resolves when it was acknowledged. */
  click(action_id: string, value: string): Promise<void>;
  /** Asks the app to connect anew, as Slack does every few hours. */
  disconnect(): void;
  connections: number;
  remove(ts: string): void;
}

export async function openSlackServer(
  t: Pick<TestContext, 'after'>,
  nextFault: NextFault = NO_FAULTS,
): Promise<Slack> {
  const sockets = new WebSocketServer({ noServer: true });
  let socket: WebSocket | null = null;
  let lastTs = 1_700_000_000;
  const slack: Slack = {
    origin: '',
    messages: [],
    views: [],
    malformed: [],
    connections: 0,
    click: async (action_id, value) => {
      const envelope_id = `envelope-${Math.random()}`;
      const payload = { type: 'block_actions', trigger_id: 'T.1', actions: [{ action_id, value }] };
      const connected = socket as WebSocket;
      connected.send(JSON.stringify({ envelope_id, type: 'interactive', payload }));
      const [data] = (await once(connected, 'message')) as [Buffer];
      const ack = JSON.parse(data.toString()) as { envelope_id?: string };
      if (ack.envelope_id !== envelope_id) slack.malformed.push(`acknowledged ${data.toString()}`);
    },
    disconnect: () =>
      socket?.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' })),
    remove: (ts) => (slack.messages = slack.messages.filter((one) => one.ts !== ts)),
  };
  const { origin, server } = await listen(t, {
    faultFor: (asked) => nextFault(asked.body.toString()),
    take: (asked) => answer(slack, asked, () => (lastTs += 1)),
  });
  slack.origin = origin;
  server.on('upgrade', (request, raw, head) => {
    sockets.handleUpgrade(request, raw, head, (opened) => {
      socket = opened;
      slack.connections += 1;
      opened.send(JSON.stringify({ type: 'hello', num_connections: 1 }));
    });
  });
  t.after(() => {
    for (const client of sockets.clients) client.terminate();
  });
  return slack;
}

function answer(slack: Slack, { path, headers, body }: Asked, nextTs: () => number): Reply {
  const method = path.replace('/api/', '') as Method;
  const token = method === 'apps.connections.open' ? APP_TOKEN : BOT_TOKEN;
  const no = (error: string): Reply => ({ status: 200, content: { ok: false, error } });
  if (headers.authorization !== `Bearer ${token}`) {
    slack.malformed.push(`no right to ${path}`);
    return no('invalid_auth');
  }
  const parsed = METHODS[method]?.safeParse(JSON.parse(body.toString()));
  if (parsed?.data === undefined) {
    slack.malformed.push(`${path}: ${parsed?.error?.message}`);
    return no('invalid_arguments');
  }
  const result = DO[method](slack, parsed.data as never, nextTs);
  return typeof result === 'string'
    ? no(result)
    : { status: 200, content: { ok: true, ...result } };
}

type Content<M extends Method> = z.infer<(typeof METHODS)[M]>;

/** A word for an error, or what the answer holds. */
const DO: {
  [M in Method]: (slack: Slack, content: Content<M>, nextTs: () => number) => object | string;
} = {
  'chat.postMessage': (
    { messages },
    { thread_ts, text, blocks, metadata, reply_broadcast },
    nextTs,
  ) => {
    if (thread_ts !== undefined && !messages.some(({ ts }) => ts === thread_ts)) {
      return 'thread_not_found';
    }
    const ts = `${nextTs()}.000100`;
    const broadcast = reply_broadcast === true;
    messages.push({ ts, thread_ts, broadcast, text, blocks, metadata, edits: 0 });
    return { ts };
  },
  'chat.update': ({ messages }, { ts, text, blocks }) => {
    const message = messages.find((one) => one.ts === ts);
    if (message === undefined) return 'message_not_found';
    Object.assign(message, { text, blocks, edits: message.edits + 1 });
    return { ts };
  },
  'conversations.history': ({ messages }, { limit }) => {
    const shown = messages.filter(
      ({ thread_ts, broadcast }) => thread_ts === undefined || broadcast,
    );
    return { messages: shown.toReversed().slice(0, limit) };
  },
  'conversations.replies': ({ messages }, { ts, limit }) => {
    return {
      messages: messages.filter((one) => one.ts === ts || one.thread_ts === ts).slice(0, limit),
    };
  },
  'apps.connections.open': ({ origin }) => ({
    url: `${origin.replace('http', 'ws')}/link?ticket=canary`,
  }),
  'views.open': ({ views }, content) => {
    views.push(content);
    return {};
  },
};
