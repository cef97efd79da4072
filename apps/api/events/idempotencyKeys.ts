import { hash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

/** So long is known what was done under a key (contract §5). */
const KEPT_MS = 24 * 60 * 60 * 1000;
/** Longer than queueing ever takes: after it, whoever was at it has died. */
const UNDER_WAY_MS = 60_000;
/** 132 bits of a hash: keys and bodies may hold addresses, and Redis need not know them. */
const HASH_CHARACTERS = 22;

export interface KeyedRequest {
  readonly clientId: number;
  readonly key: string;
  /** What was asked for under it. */
  readonly body: Buffer;
}

/** `done`: now. `repeated`: before, by the same request. */
export type Once = 'done' | 'repeated' | 'underWay' | 'otherRequest';

/**
 * Does once what is asked for several times under one key of a client, by whichever API process. Redis remembers
 * hashes only: whoever repeats a request has its body, and the answer follows from that.
 *
 *   (nothing) ──claim──▶ busy:<body> ──done──▶ done:<body> ──a day──▶ (nothing)
 *                            └──failed, or a minute without an end──▶ (nothing)
 */
export class IdempotencyKeys {
  readonly #redis: Redis | Cluster;
  readonly #prefix: string;

  constructor({ redis, prefix }: { redis: Redis | Cluster; prefix: string }) {
    this.#redis = redis;
    this.#prefix = `${prefix}:idempotency:`;
  }

  /** Rejects when `work` does, or Redis can't be asked: then it may be asked for again. */
  async once({ clientId, key, body }: KeyedRequest, work: () => Promise<void>): Promise<Once> {
    const name = this.#prefix + shortHash(`${clientId}:${key}`);
    const asked = shortHash(body);
    const known = await this.#claim(name, `busy:${asked}`);
    if (known !== null) return standingOf(known, asked);
    try {
      await work();
    } catch (error) {
      await this.#redis.del(name).catch(() => undefined);
      throw error;
    }
    // It is done. Should that not be noted, a repetition waits for the minute's end and is then done again.
    await this.#redis.set(name, `done:${asked}`, 'PX', KEPT_MS).catch(() => undefined);
    return 'done';
  }

  /** What is known under this name; null: nothing was, and from now on it is `claim`. */
  #claim(name: string, claim: string): Promise<string | null> {
    return this.#redis.set(name, claim, 'PX', UNDER_WAY_MS, 'NX', 'GET');
  }
}

function standingOf(known: string, asked: string): Once {
  const [state, of] = known.split(':');
  if (of !== asked) return 'otherRequest';
  return state === 'done' ? 'repeated' : 'underWay';
}

function shortHash(what: string | Buffer): string {
  return hash('sha256', what, 'base64url').slice(0, HASH_CHARACTERS);
}
