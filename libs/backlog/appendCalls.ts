import { randomUUID } from 'node:crypto';
import type { Replicas } from '#libs/publisher/replicas.ts';
import { encodeChunk, oldestClock } from './chunk.ts';
import type { KeyLayout } from './keys.ts';
import { asLane } from './lane.ts';
import type { ScriptCall, Scripts } from './scripts.ts';
import type { Append, Appended, AppendOptions } from './transitions.ts';

/** Longer than any connection needs to break, come back, and send again what was not answered. */
const COMMITS_KEPT_MS = 3_600_000;

export interface AppendParts {
  readonly scripts: Scripts;
  readonly keys: KeyLayout;
  readonly clock: () => number;
  readonly graceMs: number;
  readonly replicas: Replicas;
}

/** Calls of the script that appends, by one writer: it numbers its commits, so that each is appended once. */
export class AppendCalls {
  readonly #scripts: Scripts;
  readonly #keys: KeyLayout;
  readonly #clock: () => number;
  readonly #graceMs: number;
  readonly #replicas: Replicas;
  /** Nobody else's commits have these numbers. */
  readonly #writer = randomUUID();

  constructor(parts: AppendParts) {
    this.#scripts = parts.scripts;
    this.#keys = parts.keys;
    this.#clock = parts.clock;
    this.#graceMs = parts.graceMs;
    this.#replicas = parts.replicas;
  }

  /** See Backlog.append. */
  async run(appends: readonly Append[], options: AppendOptions): Promise<Appended[]> {
    const some = appends.filter(({ chunks }) => chunks.length > 0);
    const byShard = Map.groupBy(some, ({ webhookId }) => this.#keys.shardOf(webhookId));
    const answers = await Promise.all(
      [...byShard].map(async ([shard, group]) => {
        const calls = group.map((append) => this.#call(append, options));
        const { pending } = this.#keys.ofShard(shard);
        const replies = await this.#replicas.write(pending, () => this.#scripts.runAll(calls));
        return group.map(({ webhookId }, i) => appended(webhookId, replies[i]));
      }),
    );
    return answers.flat();
  }

  #call({ webhookId, chunks }: Append, { commit = 0, frees = false }: AppendOptions): ScriptCall {
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

function appended(webhookId: number, reply: unknown): Appended {
  const [asleep, lane] = reply as [number, Buffer | null];
  return { webhookId, asleep: asleep === 1, lane: asLane(lane) };
}
