/**
 * Notices of a process that has no Temporal to remember them: kept until each channel has taken them.
 *
 * Invariants: a channel that fails keeps no other from being told, and a notice that one refuses keeps no
 * other of it back; what a channel took is not sent it again, by a later process neither; a disk in trouble
 * delays nothing for long, and loses only what a restart would remember.
 */
import pRetry from 'p-retry';
import { describeError } from '../../errors.js';
import type { Channel, KeptNotice, Notice, NoticeStore } from '../../ports.js';
import { MOST_KEPT, tellEach } from './deliver-notices.js';

export interface NoticeOutbox {
  /** Once for each key, whoever asked for it. Resolves as soon as a restart would not lose it. Never fails. */
  send(notice: Notice): Promise<void>;
  /** The same to one channel alone, which has not taken it from others so far. */
  sendTo(channel: string, notice: Notice): Promise<void>;
  stop(): void;
}

interface Trouble {
  channel: string | null;
  title: string;
  why: string;
}

interface Means {
  sleep: (ms: number) => Promise<unknown>;
  onTrouble: (trouble: Trouble) => void;
  /** Between two tries of a channel; missing: `BACK_OFF`. */
  backOff?: { minTimeout: number; maxTimeout: number };
}

/** Of what everybody took: as long as a death may be found again. */
const MOST_REMEMBERED = 500;
const DISK_WITHIN_MS = 1_000;
const BACK_OFF = { minTimeout: 500, maxTimeout: 60_000 };
const RETRY = { retries: Infinity, factor: 2, unref: true };

interface Entry extends KeptNotice {
  saving: Promise<unknown>;
}

interface QueueOf {
  channel: Channel;
  queue: Entry[];
  working: boolean;
}

/** Begins with what an earlier process has left. */
export async function openNoticeOutbox(
  channels: readonly Channel[],
  store: NoticeStore,
  means: Means,
): Promise<NoticeOutbox> {
  const outbox = new Outbox(channels, store, means);
  await outbox.load();
  return outbox;
}

class Outbox implements NoticeOutbox {
  /** By key, oldest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #queues: QueueOf[];
  readonly #stopping = new AbortController();

  readonly #store: NoticeStore;
  readonly #means: Means;

  constructor(channels: readonly Channel[], store: NoticeStore, means: Means) {
    this.#store = store;
    this.#means = means;
    this.#queues = channels.map((channel) => ({ channel, queue: [], working: false }));
  }

  async load(): Promise<void> {
    const left = await this.#store.load().catch((error: unknown) => {
      this.#tellTrouble(null, 'what was left', error);
      return [];
    });
    for (const kept of left) {
      const waiting = kept.waiting.filter((name) => this.#names().includes(name));
      const entry = { ...kept, waiting, saving: Promise.resolve() };
      this.#entries.set(kept.notice.dedupKey, entry);
      this.#queue(entry);
    }
  }

  async send(notice: Notice): Promise<void> {
    if (this.#entries.has(notice.dedupKey)) return;
    await this.#keep(notice, this.#names());
  }

  async sendTo(channel: string, notice: Notice): Promise<void> {
    const of = this.#queues.find((one) => one.channel.name === channel);
    if (of === undefined) return;
    const entry = this.#entries.get(notice.dedupKey);
    if (entry === undefined) return this.#keep(notice, [channel]);
    if (entry.waiting.includes(channel)) return;
    entry.waiting.push(channel);
    await Promise.race([this.#save(entry), this.#means.sleep(DISK_WITHIN_MS)]);
    this.#queueAt(of, entry);
  }

  async #keep(notice: Notice, waiting: string[]): Promise<void> {
    if (!this.#hasRoom()) {
      const why = `${MOST_KEPT} notices wait already: IT IS NOT TOLD`;
      return this.#means.onTrouble({ channel: null, title: notice.title, why });
    }
    const entry = { notice, waiting, atMs: Date.now(), saving: Promise.resolve() };
    this.#entries.set(notice.dedupKey, entry);
    // On disk first, so that who ends here does not tell it again; but a disk that hangs holds nothing up.
    await Promise.race([this.#save(entry), this.#means.sleep(DISK_WITHIN_MS)]);
    this.#queue(entry);
  }

  stop(): void {
    this.#stopping.abort();
  }

  #names(): string[] {
    return this.#queues.map(({ channel }) => channel.name);
  }

  /** What everybody took makes room for what nobody has. */
  #hasRoom(): boolean {
    const told = [...this.#entries.values()].filter(({ waiting }) => waiting.length === 0);
    for (const entry of told.slice(0, Math.max(0, told.length - MOST_REMEMBERED))) {
      this.#entries.delete(entry.notice.dedupKey);
      void this.#store.remove(entry).catch(() => undefined); // read again, and removed, by the next
    }
    return this.#entries.size - told.length < MOST_KEPT;
  }

  #save(entry: Entry): Promise<unknown> {
    const save = async () => {
      const { notice, waiting, atMs } = entry;
      await this.#store.put({ notice, waiting, atMs }).catch((error: unknown) => {
        this.#tellTrouble(null, notice.title, error);
      });
    };
    return (entry.saving = entry.saving.then(save));
  }

  #queue(entry: Entry): void {
    for (const of of this.#queues) {
      if (entry.waiting.includes(of.channel.name)) this.#queueAt(of, entry);
    }
  }

  #queueAt(of: QueueOf, entry: Entry): void {
    of.queue.push(entry);
    if (of.working) return;
    of.working = true;
    void this.#work(of);
  }

  async #work(of: QueueOf): Promise<void> {
    const { signal } = this.#stopping;
    while (of.queue.length > 0 && !signal.aborted) {
      const { backOff = BACK_OFF } = this.#means;
      const pace = { ...RETRY, ...backOff, signal };
      await pRetry(() => this.#tellNext(of), pace).catch(() => undefined);
    }
    of.working = false; // at once: what is queued from here on begins anew
  }

  /** Fails where it was not taken; the others of the channel are tried before it then. */
  async #tellNext({ channel, queue }: { channel: Channel; queue: Entry[] }): Promise<void> {
    const entry = queue.shift();
    if (entry === undefined) return;
    const [failed] = await tellEach([channel], entry.notice, () => undefined);
    if (failed !== undefined) {
      queue.push(entry);
      this.#means.onTrouble({ channel: channel.name, title: entry.notice.title, why: failed.why });
      throw new Error(failed.why);
    }
    entry.waiting = entry.waiting.filter((name) => name !== channel.name);
    await Promise.race([this.#save(entry), this.#means.sleep(DISK_WITHIN_MS)]);
  }

  #tellTrouble(channel: string | null, title: string, error: unknown): void {
    const code = (error as NodeJS.ErrnoException | null)?.code;
    this.#means.onTrouble({ channel, title, why: code ?? describeError(error) });
  }
}
