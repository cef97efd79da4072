import { createHash } from 'node:crypto';
import session, { type SessionData } from 'express-session';
import type { Cluster, Redis } from 'ioredis';
import { ApiProblem } from '../problem.ts';

type Found = (error: unknown, data?: SessionData | null) => void;
type Done = (error?: unknown) => void;

const RETRY_AFTER_S = 5;

/** The sessions of express-session in Redis, by a hash of their ids: who reads Redis can't use them. */
export class SessionStore extends session.Store {
  readonly #redis: Redis | Cluster;
  readonly #prefix: string;
  readonly #lifetimeMs: number;

  constructor(parts: { redis: Redis | Cluster; prefix: string; lifetimeMs: number }) {
    super();
    this.#redis = parts.redis;
    this.#prefix = parts.prefix;
    this.#lifetimeMs = parts.lifetimeMs;
  }

  override get(id: string, found: Found): void {
    this.#redis.get(this.#keyOf(id)).then(
      (text) => found(null, text === null ? null : JSON.parse(text)),
      () => found(unreachable()),
    );
  }

  override set(id: string, data: SessionData, done: Done = () => undefined): void {
    this.#redis.set(this.#keyOf(id), JSON.stringify(data), 'PX', this.#lifetimeMs).then(
      () => done(),
      () => done(unreachable()),
    );
  }

  override destroy(id: string, done: Done = () => undefined): void {
    this.#redis.unlink(this.#keyOf(id)).then(
      () => done(),
      () => done(unreachable()),
    );
  }

  #keyOf(id: string): string {
    return this.#prefix + createHash('sha256').update(id).digest('base64url');
  }
}

function unreachable(): ApiProblem {
  return new ApiProblem('unavailable', 'Sessions cannot be reached now. Try again in a few seconds.', {
    headers: { 'Retry-After': String(RETRY_AFTER_S) },
  });
}
