import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { createPublisher } from '#libs/publisher/publisher.ts';
import { makeOpenEvent } from './events.ts';

/**
 * The mail engine of a benchmark, a process of its own. `packed` publishes through the publisher library, `single`
 * adds one job per event as a foreign producer does, `batches` one job per 100 events for baseline c; as fast as Redis
 * takes them or at a given rate.
 */
export interface ProducerTask {
  readonly redisUrl: string;
  readonly prefix: string;
  readonly queue: string;
  readonly mode: 'packed' | 'single' | 'batches';
  readonly events: number;
  readonly clientIds: readonly number[];
  /** Events a second; 0: as fast as possible. */
  readonly rate: number;
  /** Of `batches`: where each client's batches go. */
  readonly targetUrls?: readonly string[];
}

export interface ProducerReport {
  /** Epoch ms with fractions. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly cpuSeconds: number;
}

/** Events handed over in one call, and calls under way at once. */
const CALL_EVENTS = 1_000;
const CALLS_AT_ONCE = 8;

process.on('message', (task: ProducerTask) => {
  void produce(task).then((report) => process.send?.(report));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function produce(task: ProducerTask): Promise<ProducerReport> {
  const { send, close } = task.mode === 'packed' ? packed(task) : jobs(task);
  const startedAt = performance.timeOrigin + performance.now();
  const before = process.cpuUsage();
  if (task.rate > 0) await atRate(task, send);
  else await asFastAsPossible(task, send);
  const { user, system } = process.cpuUsage(before);
  const endedAt = performance.timeOrigin + performance.now();
  await close();
  return { startedAt, endedAt, cpuSeconds: (user + system) / 1e6 };
}

type Send = (from: number, count: number) => Promise<unknown>;

async function asFastAsPossible({ events }: ProducerTask, send: Send): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < events) {
      const from = next;
      next += Math.min(CALL_EVENTS, events - from);
      await send(from, next - from);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, lane));
}

async function atRate({ events, rate }: ProducerTask, send: Send): Promise<void> {
  const startedAt = performance.now();
  const sent: Promise<unknown>[] = [];
  for (let i = 0; i < events; i += 1) {
    const waitMs = startedAt + (i * 1_000) / rate - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    sent.push(send(i, 1));
  }
  await Promise.all(sent);
}

function eventsOf({ clientIds }: ProducerTask, from: number, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const clientId = clientIds[(from + i) % clientIds.length] ?? 1;
    return makeOpenEvent(clientId, from + i);
  });
}

function packed(task: ProducerTask): { send: Send; close: () => Promise<void> } {
  const publisher = createPublisher({ redisUrl: task.redisUrl, prefix: task.prefix });
  return {
    send: (from, count) => publisher.publish(eventsOf(task, from, count)),
    close: () => publisher.close(),
  };
}

function jobs(task: ProducerTask): { send: Send; close: () => Promise<void> } {
  const connection = new Redis(task.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue(task.queue, { connection, prefix: task.prefix });
  const toJobs = task.mode === 'single' ? singleJobs : batchJobs;
  return {
    send: (from, count) => queue.addBulk(toJobs(task, from, count)),
    close: async () => {
      await queue.close();
      connection.disconnect();
    },
  };
}

const KEEP_NOTHING = { removeOnComplete: true, removeOnFail: true };

function singleJobs(task: ProducerTask, from: number, count: number) {
  return eventsOf(task, from, count).map((data) => ({ name: 'open', data, opts: KEEP_NOTHING }));
}

/** A job per 100 events of a client, retried by BullMQ itself for 72 hours. */
function batchJobs({ targetUrls = [], clientIds }: ProducerTask, from: number, count: number) {
  const opts = { ...KEEP_NOTHING, attempts: 25_920, backoff: { type: 'fixed', delay: 10_000 } };
  return Array.from({ length: Math.ceil(count / 100) }, (_, i) => {
    const batch = from / 100 + i;
    const clientId = clientIds[batch % clientIds.length] ?? 1;
    const events = Array.from({ length: 100 }, (__, at) => makeOpenEvent(clientId, batch * 100 + at));
    return { name: 'batch', data: { url: targetUrls[batch % targetUrls.length], events }, opts };
  });
}
