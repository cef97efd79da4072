import type { Lane } from './lane.ts';

export interface ShardKeys {
  /** Hash of the shard: webhook id → how many events wait, parts included. */
  readonly pending: string;
  /** Sorted set of the shard: webhooks with pending events → when a run must have begun, epoch ms. */
  readonly waiting: string;
  /** Sorted set of the shard: webhooks with a backlog → clock of its head, epoch ms. */
  readonly oldest: string;
  /** String: somebody has looked for overdue webhooks in this interval. */
  readonly looked: string;
  /** Sorted set: webhooks of which every transmission fails → since when, epoch ms. */
  readonly failing: string;
  /** Hash: webhooks of which it was told that they fail → since when they do, epoch ms. */
  readonly noticed: string;
  /** Sorted set: webhooks of which it was told that their events are discarded → when one was last, epoch ms. */
  readonly discarding: string;
  /** String: somebody has looked for what is to be told in this interval. */
  readonly noticesLooked: string;
  /** Stream: an entry is a chunk of events that were discarded and are not yet kept in MySQL. */
  readonly discarded: string;
  /** String: how many discarded events found no room there, since it was last asked. */
  readonly discardsRefused: string;
  /** String: somebody keeps what was discarded in this interval. */
  readonly keeping: string;
}

export interface WebhookKeys extends ShardKeys {
  /** Stream: an entry is a chunk of up to 100 events, oldest first. */
  readonly backlog: string;
  /** Hash: lane, run, and what the last transmissions came to. */
  readonly state: string;
  /** String: the token of a direct run, for as long as nobody else may send. */
  readonly lease: string;
  /** Hash: id of an entry or part → how many of its transmissions have failed. */
  readonly attempts: string;
  /** Sorted set: id of a part that was set aside → when it is due (epoch ms). */
  readonly aside: string;
  /** Hash: id of a part → `events:oldestClock:` and its chunk. */
  readonly parts: string;
}

/**
 * Where things live in Redis. A webhook belongs to the shard `webhookId mod shards`; all keys of a shard share
 * one hash tag, so that every script and BullMQ transaction stays in one slot of a Redis Cluster.
 */
export class KeyLayout {
  /** Without braces: a hash tag ends with the first one that closes. */
  readonly #name: string;
  readonly shards: number;

  constructor({ prefix, shards }: { prefix: string; shards: number }) {
    this.#name = prefix.replaceAll(/[{}]/g, '');
    this.shards = shards;
  }

  shardOf(webhookId: number): number {
    return webhookId % this.shards;
  }

  /** Hash of a writer: webhook id → number of its last commit that was appended. */
  commitsOf(shard: number, writer: string): string {
    return `${this.shardTag(shard)}:commits:${writer}`;
  }

  /** Also the BullMQ prefix of the shard's queues. */
  shardTag(shard: number): string {
    return `{${this.#name}:shard-${shard}}`;
  }

  /** What BullMQ knows of a lane's queue: whether it is paused, for one. */
  metaOf(shard: number, lane: Lane): string {
    return `${this.shardTag(shard)}:${lane}:meta`;
  }

  ofShard(shard: number): ShardKeys {
    const tag = this.shardTag(shard);
    return {
      pending: `${tag}:pending`,
      waiting: `${tag}:waiting`,
      oldest: `${tag}:oldest`,
      looked: `${tag}:looked`,
      failing: `${tag}:failing`,
      noticed: `${tag}:noticed`,
      discarding: `${tag}:discarding`,
      noticesLooked: `${tag}:noticesLooked`,
      discarded: `${tag}:discarded`,
      discardsRefused: `${tag}:discardsRefused`,
      keeping: `${tag}:keeping`,
    };
  }

  of(webhookId: number): WebhookKeys {
    const shard = this.shardOf(webhookId);
    const tag = this.shardTag(shard);
    return {
      backlog: `${tag}:backlog:${webhookId}`,
      state: `${tag}:webhook:${webhookId}`,
      lease: `${tag}:lease:${webhookId}`,
      attempts: `${tag}:attempts:${webhookId}`,
      aside: `${tag}:aside:${webhookId}`,
      parts: `${tag}:parts:${webhookId}`,
      ...this.ofShard(shard),
    };
  }
}
