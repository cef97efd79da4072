import type { Cluster, Redis } from 'ioredis';

/** How long replicas may take to confirm a write; whatever follows on the connection waits as well. */
const CONFIRM_MS = 500;
/** The same when they are asked whether they are back. */
const PROBE_MS = 100;

/**
 * Writes that count once replicas have them too: Redis acknowledges before they do, and a replica that takes over may
 * lack what its master had acknowledged last.
 *
 * While replicas are missing nothing is written at all: what is written and then not confirmed is written again by
 * whoever wrote it, and comes twice.
 */
export class Replicas {
  readonly #redis: Redis | Cluster;
  readonly #count: number;
  readonly #slots = new Map<string, Promise<number>>();
  /** Keys whose last write was not confirmed. */
  readonly #doubtful = new Set<string>();

  /** `count`: how many replicas must confirm; 0: none. */
  constructor({ redis, count }: { redis: Redis | Cluster; count: number }) {
    this.#redis = redis;
    this.#count = count;
  }

  /** `work` writes to the slot of `key`. Rejects also when it is done, but not known to be on the replicas. */
  write<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    return this.#count === 0 ? work() : this.#write(key, work);
  }

  async #write<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const slot = await this.#slotOf(key);
    if (this.#doubtful.has(key)) await this.#expectReplicas(slot);
    try {
      const result = await work();
      await this.#confirm(slot);
      this.#doubtful.delete(key);
      return result;
    } catch (error) {
      this.#doubtful.add(key);
      throw error;
    }
  }

  /** A master that is not known now is found by the write. */
  async #expectReplicas(slot: number): Promise<void> {
    const confirmed = await this.#masterOf(slot)?.wait(this.#count, PROBE_MS);
    if (confirmed !== undefined && confirmed < this.#count) throw this.#tooFew();
  }

  /** WAIT speaks of what its own connection has written: it must be the one that the answer has just come from. */
  async #confirm(slot: number): Promise<void> {
    const master = this.#masterOf(slot);
    if (master?.status !== 'ready') throw this.#tooFew();
    const { stream } = master;
    const confirmed = await master.wait(this.#count, CONFIRM_MS);
    if (confirmed < this.#count || master.stream !== stream) throw this.#tooFew();
  }

  #masterOf(slot: number): Redis | undefined {
    if (!isCluster(this.#redis)) return this.#redis;
    const [address] = this.#redis.slots[slot] ?? [];
    return this.#redis.nodes('master').find(({ options }) => `${options.host}:${options.port}` === address);
  }

  #slotOf(key: string): Promise<number> {
    if (!isCluster(this.#redis)) return Promise.resolve(0);
    const known = this.#slots.get(key);
    if (known) return known;
    const asked = this.#redis.cluster('KEYSLOT', key).catch((error: unknown) => {
      this.#slots.delete(key);
      throw error;
    });
    this.#slots.set(key, asked);
    return asked;
  }

  #tooFew(): Error {
    return new Error(`fewer than ${this.#count} replica(s) of Redis have confirmed the write`);
  }
}

/** Told by its kind, not its class: a caller's connection may be of another copy of ioredis. */
export function isCluster(redis: Redis | Cluster): redis is Cluster {
  return redis.isCluster;
}
