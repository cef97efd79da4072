import { packChunk } from '#libs/backlog/chunk.ts';
import { connectBacklog } from '#libs/backlog/connectBacklog.ts';
import type { Webhook, WebhookStatus } from '#libs/domain/webhook.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { testServers } from '#libs/testing/servers.ts';
import type { LookParts } from '../look.ts';
import type { NoticeTimes } from '../nextChange.ts';
import { NoticeQueue } from '../noticeQueue.ts';

const GRACE_MS = 1_000;

/** Webhooks in memory, in the place of MySQL. */
class Webhooks {
  suspensions = 0;
  readonly #clock: () => number;
  readonly #all = new Map<number, Webhook>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  add(): number {
    const id = this.#all.size + 1;
    const created = new Date(this.#clock());
    this.#all.set(id, {
      id,
      clientId: 7,
      type: 'open',
      status: 'activated',
      format: 'json',
      targetUrl: 'https://user.example/secret-path',
      authentication: { type: 'none' },
      created,
      modified: created,
    });
    return id;
  }

  find(id: number): Webhook | null {
    return this.#all.get(id) ?? null;
  }

  remove(id: number): void {
    this.#all.delete(id);
  }

  setStatus(id: number, status: WebhookStatus): void {
    const webhook = this.#all.get(id);
    if (webhook) this.#all.set(id, { ...webhook, status, modified: new Date(this.#clock()) });
  }

  suspend(id: number): boolean {
    if (this.find(id)?.status !== 'activated') return false;
    this.suspensions += 1;
    this.setStatus(id, 'suspended');
    return true;
  }
}

/** Backlogs, a queue of notices and a clock of their own on the Redis of the test run. */
export function openNotices(times: NoticeTimes) {
  const { redisUrl, makeQueuePrefix } = testServers();
  const prefix = makeQueuePrefix();
  const redis = connectRedis(redisUrl, 'waiting', silentLogger);
  const time = { now: 1_000_000 };
  const clock = () => time.now;
  const connected = connectBacklog({ redis, prefix, shards: 1, clock, graceMs: GRACE_MS });
  const { backlog, waiting } = connected;
  const notices = new NoticeQueue({ redis, prefix });
  const webhooks = new Webhooks(clock);
  let runs = 0;

  async function begin(webhookId: number): Promise<string> {
    runs += 1;
    const run = `run-${runs}`;
    await backlog.begin(webhookId, { lane: await waiting.lane(webhookId), run });
    return run;
  }

  async function append(webhookId: number): Promise<void> {
    const chunk = packChunk('open', [{ created: time.now, text: '{"id":"a"' }]);
    await backlog.append([{ webhookId, chunks: [chunk] }]);
  }

  const look: LookParts = {
    ...connected,
    queue: notices,
    directory: { sync: async () => {}, webhook: async (id) => webhooks.find(id) },
    suspend: async ({ id }) => webhooks.suspend(id),
    clock,
    times,
    logger: silentLogger,
  };

  return {
    ...connected,
    ...{ redis, prefix, time, look, webhooks, notices, append },
    /** An activated webhook with an event that waits. */
    async webhook(): Promise<number> {
      const id = webhooks.add();
      await append(id);
      return id;
    },
    /** Its transmission fails, as a delivery run records it. */
    async fail(webhookId: number): Promise<void> {
      const failure = { now: time.now, nextTryAt: time.now, answered: true, error: 'status 500' };
      await backlog.fail(webhookId, await begin(webhookId), [], failure);
    },
    /** A transmission of the lane of retries succeeds. */
    async recover(webhookId: number): Promise<void> {
      await backlog.recover(webhookId, await begin(webhookId));
    },
    /** All notices so far, `kind webhookId`, sorted. */
    async told(): Promise<string[]> {
      const jobs = await notices.queue.getJobs(['wait', 'delayed', 'active', 'completed', 'failed']);
      return jobs.map(({ data }) => `${data.kind} ${data.webhookId}`).sort();
    },
    async close() {
      await notices.close();
      await connected.waker.close();
      redis.disconnect();
    },
  };
}
