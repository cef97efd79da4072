import { Agent } from 'node:http';
import { Worker } from 'bullmq';
import got from 'got';
import { Redis } from 'ioredis';
import { baselineTask } from './task.ts';

/**
 * Baseline b: one BullMQ job per event, batched in the worker's memory up to 100 events or 5 ms. A job completes when
 * its event is in the batch: fast, and lost with the process.
 */
const { redisUrl, prefix, queue, targetUrl } = baselineTask();
const agent = { http: new Agent({ keepAlive: true, maxSockets: 100 }) };
const LINGER_MS = 5;
let batch: object[] = [];
let timer: NodeJS.Timeout | undefined;

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  const json = batch;
  batch = [];
  void got.post(targetUrl, { json, agent, retry: { limit: 0 } });
}

new Worker(
  queue,
  async ({ data }) => {
    batch.push({ ...data, attempt: 1 });
    if (batch.length >= 100) flush();
    else timer ??= setTimeout(flush, LINGER_MS);
  },
  {
    connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
    prefix,
    concurrency: 500,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  },
);
process.send?.('ready');
