import type { Cluster, Redis } from 'ioredis';
import { webhookChangesKey } from './keys.ts';

export interface WebhookChange {
  readonly clientId: number;
  readonly webhookId: number;
}

/** `gap`: changes may be missing, so nothing that was known before is certain any more. */
export interface ChangesRead {
  readonly cursor: string | null;
  readonly changes: readonly WebhookChange[] | 'gap';
}

/** Far more than there are between two reads of a worker that runs. */
const KEPT_CHANGES = 10_000;
/** Beyond it, starting afresh is cheaper than reading on. */
const CHANGES_PER_READ = 1_000;

/** Tells all workers which webhooks have changed: a Redis stream that each reads from where it was. */
export class ChangeFeed {
  readonly #redis: Redis | Cluster;
  readonly #key: string;

  constructor({ redis, prefix }: { redis: Redis | Cluster; prefix: string }) {
    this.#redis = redis;
    this.#key = webhookChangesKey(prefix);
  }

  /** Call it after the change is in MySQL and before whoever asked for it gets the answer. */
  async announce({ clientId, webhookId }: WebhookChange): Promise<void> {
    const fields = ['clientId', clientId, 'webhookId', webhookId];
    await this.#redis.xadd(this.#key, 'MAXLEN', '~', KEPT_CHANGES, '*', ...fields);
  }

  /**
   * The changes since `cursor` (null: there was none when it was read last). The entry at the cursor is read
   * again: where it is not the first to come back, the stream was trimmed past it or has vanished.
   */
  async readSince(cursor: string | null): Promise<ChangesRead> {
    if (cursor === null) {
      const read = await this.#startAfresh();
      return read.cursor === null ? { cursor, changes: [] } : read;
    }
    const entries = await this.#redis.xrange(this.#key, cursor, '+', 'COUNT', CHANGES_PER_READ);
    const last = entries.at(-1);
    if (entries[0]?.[0] !== cursor || !last || entries.length === CHANGES_PER_READ) {
      return this.#startAfresh();
    }
    return { cursor: last[0], changes: entries.slice(1).map(([, fields]) => parseChange(fields)) };
  }

  async #startAfresh(): Promise<ChangesRead> {
    const [last] = await this.#redis.xrevrange(this.#key, '+', '-', 'COUNT', 1);
    return { cursor: last ? last[0] : null, changes: 'gap' };
  }
}

function parseChange(fields: readonly string[]): WebhookChange {
  const field = (name: string) => Number(fields[fields.indexOf(name) + 1]);
  return { clientId: field('clientId'), webhookId: field('webhookId') };
}
