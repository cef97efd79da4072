import { Agent } from 'node:http';
import { Worker } from 'bullmq';
import got from 'got';
import { Redis } from 'ioredis';
import { baselineTask } from './task.ts';

/** Baseline c: one BullMQ job per batch of 100 events, which retries itself by BullMQ's fixed backoff of 10 s. */
const { redisUrl, prefix, queue } = baselineTask();
const agent = { http: new Agent({ keepAlive: true, maxSockets: 100 }) };

new Worker(
  queue,
  async ({ data, attemptsMade }) => {
    const json = data.events.map((event: object) => ({ ...event, attempt: attemptsMade + 1 }));
    const answer = await got.post(data.url, { json, agent, retry: { limit: 0 }, throwHttpErrors: false });
    if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
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
