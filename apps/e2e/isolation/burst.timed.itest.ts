import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EngineEvent, makeEvents } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { Program } from '../childProcess.ts';
import { metric, readMetrics } from '../metrics.ts';
import { Side } from './side.ts';
import type { Targets } from './targetsProcess.ts';
import type { Hook } from './world.ts';

const BURST = 200_000;
const EVENTS_PER_JOB = 1_000;
const PUBLISHED_AT_ONCE = 8;
const DRAINED_WITHIN_MS = 120_000;
const MIB = 1_048_576;
const MAX_GROWTH_BYTES = 100 * MIB;

let side: Side;
let worker: Program;
let targets: Targets;
let bursting: Hook | undefined;
beforeAll(async () => {
  side = await Side.open({ LOG_LEVEL: 'warn' }, 1, { worker: false });
  targets = await side.world.targets();
  [bursting] = await side.world.webhooks([targets.url('good', 0)]);
  worker = await side.world.worker();
  for (let warmUp = 0; warmUp < 20; warmUp += 1) await side.publishOne();
  await side.latenciesMs();
});
afterAll(() => side.world.close());

/** How long another customer's single event takes (ms) that comes after a whole burst. */
async function singleAfterBurst(publish: (events: readonly EngineEvent[]) => Promise<unknown>) {
  const queue = side.world.queues.events('open');
  await queue.pause();
  const events = makeEvents(EVENTS_PER_JOB, { clientId: bursting?.clientId ?? 0 });
  let left = BURST / EVENTS_PER_JOB;
  const publishing = Array.from({ length: PUBLISHED_AT_ONCE }, async () => {
    while (left-- > 0) await publish(events);
  });
  await Promise.all(publishing);
  await side.publishOne();
  await queue.resume();
  const began = performance.now();
  await side.latenciesMs();
  return performance.now() - began;
}

/** Resolves with the memory (bytes) that the worker had meanwhile, in the order of time. */
async function drain(): Promise<number[]> {
  const { healthPort } = await worker.logged('Ready');
  await side.world.queues.routed('open');
  const memory: number[] = [];
  let delivered = 0;
  const isDone = async () => {
    memory.push(metric(await readMetrics(Number(healthPort)), 'process_resident_memory_bytes'));
    delivered += (await targets.report()).events;
    return delivered >= BURST;
  };
  await waitUntil(isDone, { what: `${BURST} events delivered`, timeoutMs: DRAINED_WITHIN_MS });
  expect(delivered).toBe(BURST);
  return memory;
}

describe(`a burst of ${BURST} events of one customer`, () => {
  it("does not hold up another one's single event, and does not show in the worker's memory", async () => {
    // The control: in a queue that is first in, first out, all of the burst is routed before.
    const inLine = await singleAfterBurst((events) =>
      side.world.queues.events('open').add('open', { events }),
    );
    await drain();
    const passing = await singleAfterBurst((events) => side.world.publisher.publish(events));
    expect(passing).toBeLessThan(inLine / 2);
    const [first = 0, ...later] = await drain();
    expect(Math.max(...later) - first).toBeLessThan(MAX_GROWTH_BYTES);
  }, 240_000);
});
