import { randomUUID } from 'node:crypto';
import { pagesOf } from '#libs/domain/pagesOf.ts';
import type { Replicas } from '#libs/publisher/replicas.ts';
import { type Chunk, encodeChunk, oldestClock } from './chunk.ts';
import type { KeyLayout } from './keys.ts';
import { asLane } from './lane.ts';
import type { ScriptCall, Scripts } from './scripts.ts';
import type { Append, Appended, AppendOptions } from './transitions.ts';

/** Longer than any connection needs to break, come back, and send again what was not answered. */
const COMMITS_KEPT_MS = 3_600_000;
/** One call costs Redis a few microseconds for each; nobody else is served meanwhile. */
const WEBHOOKS_PER_CALL = 100;
const CALLS_AT_ONCE = 10;

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
        const { pending } = this.#keys.ofShard(shard);
        return this.#replicas.write(pending, () => this.#inPages(shard, group, options));
      }),
    );
    return answers.flat();
  }

  /** A few calls at a time, so that deliveries get their turn between them. */
  async #inPages(shard: number, group: readonly Append[], options: AppendOptions): Promise<Appended[]> {
    const pages = pagesOf(group, WEBHOOKS_PER_CALL);
    const answers: Appended[][] = [];
    for (const some of pagesOf(pages, CALLS_AT_ONCE)) {
      answers.push(...(await Promise.all(some.map((page) => this.#page(shard, page, options)))));
    }
    return answers.flat();
  }

  async #page(shard: number, page: readonly Append[], options: AppendOptions): Promise<Appended[]> {
    const replies = (await this.#scripts.run(this.#call(shard, page, options))) as Reply[];
    return page.map(({ webhookId }, i) => appended(webhookId, replies[i]));
  }

  #call(shard: number, appends: readonly Append[], { commit = 0, frees = false }: AppendOptions): ScriptCall {
    const { pending, waiting, oldest } = this.#keys.ofShard(shard);
    const webhooks = appends.map(({ webhookId }) => this.#keys.of(webhookId));
    return {
      name: frees ? 'appendAtMaxmemory' : 'append',
      keys: [
        pending,
        waiting,
        oldest,
        this.#keys.commitsOf(shard, this.#writer),
        ...webhooks.flatMap(({ backlog, state }) => [backlog, state]),
      ],
      args: [
        this.#clock() + this.#graceMs,
        commit,
        COMMITS_KEPT_MS,
        ...appends.flatMap(({ webhookId, chunks }) => [
          webhookId,
          chunks.length,
          ...chunks.flatMap(chunkArgs),
        ]),
      ],
    };
  }
}

function chunkArgs(chunk: Chunk): (Buffer | number)[] {
  return [encodeChunk(chunk), chunk.clocks.length, oldestClock(chunk)];
}

/** Of one webhook. */
type Reply = readonly [asleep: Buffer | null, lane: Buffer | null];

function appended(webhookId: number, [asleep, lane]: Reply = [null, null]): Appended {
  return { webhookId, asleep: asleep?.toString() ?? null, lane: asLane(lane) };
}
