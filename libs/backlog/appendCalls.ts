import { randomUUID } from 'node:crypto';
import { encodeChunk, oldestClock } from './chunk.ts';
import type { KeyLayout } from './keys.ts';
import { asLane } from './lane.ts';
import type { ScriptCall } from './scripts.ts';
import type { Append, Appended, AppendOptions } from './transitions.ts';

/** Longer than any connection needs to break, come back, and send again what was not answered. */
const COMMITS_KEPT_MS = 3_600_000;

/** Calls of the script that appends, by one writer: it numbers its commits, so that each is appended once. */
export class AppendCalls {
  readonly #keys: KeyLayout;
  readonly #clock: () => number;
  readonly #graceMs: number;
  /** Nobody else's commits have these numbers. */
  readonly #writer = randomUUID();

  constructor(parts: { keys: KeyLayout; clock: () => number; graceMs: number }) {
    this.#keys = parts.keys;
    this.#clock = parts.clock;
    this.#graceMs = parts.graceMs;
  }

  /** See Backlog.append. */
  call({ webhookId, chunks }: Append, { commit = 0, frees = false }: AppendOptions): ScriptCall {
    const { backlog, state, pending, waiting, oldest } = this.#keys.of(webhookId);
    const commits = this.#keys.commitsOf(this.#keys.shardOf(webhookId), this.#writer);
    return {
      name: frees ? 'appendAtMaxmemory' : 'append',
      keys: [backlog, state, pending, waiting, oldest, commits],
      args: [
        webhookId,
        this.#clock() + this.#graceMs,
        commit,
        COMMITS_KEPT_MS,
        ...chunks.flatMap((chunk) => [encodeChunk(chunk), chunk.clocks.length, oldestClock(chunk)]),
      ],
    };
  }
}

export function appended(webhookId: number, reply: unknown): Appended {
  const [asleep, lane] = reply as [number, Buffer | null];
  return { webhookId, asleep: asleep === 1, lane: asLane(lane) };
}
