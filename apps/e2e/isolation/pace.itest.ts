import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { Program } from '../childProcess.ts';
import type { Targets } from './targetsProcess.ts';
import { World } from './world.ts';

const LIMITS = [2, 10, 50];
const SECONDS = 4;

let world: World;
let targets: Targets;
const workers: Program[] = [];
beforeAll(async () => {
  // An event a POST.
  world = await World.open({ BATCH_SIZE: '1' });
  targets = await world.targets();
  for (let count = 0; count < 2; count += 1) workers.push(await world.worker());
});
afterAll(() => world.close());

describe('maxRequestsPerSecond', () => {
  it('is kept by several workers together, also while one is killed and another starts', async () => {
    const urls = LIMITS.map((limit) => targets.url('good', limit));
    for (const [index, maxRequestsPerSecond] of LIMITS.entries()) {
      const [hook] = await world.webhooks([urls[index] ?? ''], { maxRequestsPerSecond });
      const events = makeEvents(maxRequestsPerSecond * SECONDS * 2, { clientId: hook?.clientId ?? 0 });
      await world.publisher.publish(events);
    }
    const posts = new Map(LIMITS.map((limit) => [limit, [] as number[]]));
    const seconds = async (wanted: number) => {
      const { posts: more } = await targets.report();
      for (const limit of LIMITS) posts.get(limit)?.push(...(more[`/good/${limit}`] ?? []));
      return LIMITS.every((limit) => (posts.get(limit)?.length ?? 0) >= limit * wanted);
    };
    await waitUntil(() => seconds(1), { what: 'a second of POSTs' });
    await workers[0]?.stop('SIGKILL');
    await world.worker();
    // What the dead one had under way passes on within its lock and a check.
    await waitUntil(() => seconds(SECONDS), { what: `${SECONDS} seconds of POSTs`, timeoutMs: 60_000 });
    for (const [limit, times] of posts) {
      const mostInASecond = Math.max(
        ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length),
      );
      expect(mostInASecond).toBeLessThanOrEqual(limit);
    }
  }, 90_000);
});
