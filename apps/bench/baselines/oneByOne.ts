import { Agent } from 'node:http';
import { Worker } from 'bullmq';
import got from 'got';
import { Redis } from 'ioredis';
import { baselineTask } from './task.ts';

/** Baseline a, the textbook way: one BullMQ job per event, one POST per event, retried by BullMQ. */
const { redisUrl, prefix, queue, targetUrl } = baselineTask();
const agent = { http: new Agent({ keepAlive: true, maxSockets: 100 }) };

new Worker(
  queue,
  async ({ data }) => {
    const { statusCode } = await got.post(targetUrl, {
      json: [{ ...data, attempt: 1 }],
      agent,
      retry: { limit: 0 },
    });
    if (statusCode !== 200) throw new Error(`status ${statusCode}`);
  },
  {
    connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
    prefix,
    concurrency: 100,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  },
);
process.send?.('ready');
