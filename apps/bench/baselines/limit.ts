import { Agent } from 'node:http';
import got from 'got';
import { makeOpenEvent } from '../events.ts';

/** The limit: POSTs 100 events at a time straight to the endpoint, a few at once; no queue, nothing kept. */
export interface LimitTask {
  readonly targetUrl: string;
  readonly events: number;
}

const BATCH = 100;
const AT_ONCE = 8;
const agent = { http: new Agent({ keepAlive: true, maxSockets: AT_ONCE }) };

process.on('message', ({ targetUrl, events }: LimitTask) => {
  void run(targetUrl, events).then((report) => process.send?.(report));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function run(targetUrl: string, events: number) {
  const startedAt = performance.timeOrigin + performance.now();
  const before = process.cpuUsage();
  let next = 0;
  const lane = async () => {
    while (next < events) {
      const from = next;
      next += BATCH;
      const json = Array.from({ length: BATCH }, (_, i) => ({ ...makeOpenEvent(1, from + i), attempt: 1 }));
      await got.post(targetUrl, { json, agent, retry: { limit: 0 } });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const { user, system } = process.cpuUsage(before);
  return {
    startedAt,
    endedAt: performance.timeOrigin + performance.now(),
    cpuSeconds: (user + system) / 1e6,
  };
}
