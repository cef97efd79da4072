import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { RouterFixture } from './routerFixture.ts';

const { redisUrl, makeQueuePrefix } = testServers();
const JOBS = 40;
const EVENTS_PER_JOB = 1_000;

let fixture: RouterFixture;
beforeEach(() => {
  fixture = new RouterFixture({ redisUrl, prefix: makeQueuePrefix() });
});
afterEach(() => fixture.close());

/** Events in each commit, for `clients` with a webhook each. */
async function commitSizes(clients: number): Promise<number[]> {
  for (let id = 1; id <= clients; id += 1) fixture.source.activate(id, id);
  const events = Array.from({ length: EVENTS_PER_JOB }, (_, i) => makeEvent({ clientId: (i % clients) + 1 }));
  await fixture.queue().addBulk(Array.from({ length: JOBS }, () => ({ name: 'open', data: { events } })));
  fixture.router.start();
  await waitUntil(() => fixture.isDone(), { what: 'all jobs are done', timeoutMs: 20_000 });
  const sizes = fixture.sink.appends.map(({ chunks }) =>
    chunks.reduce((sum, chunk) => sum + chunk.events.length, 0),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(JOBS * EVENTS_PER_JOB);
  return sizes;
}

it('a commit takes at most four packed jobs: so many may come twice', async () => {
  expect(Math.max(...(await commitSizes(10)))).toBe(4 * EVENTS_PER_JOB);
});

it('a commit takes up to eight, where a webhook gets few events of each', async () => {
  const [first, ...others] = await commitSizes(1_000);
  expect(first).toBeLessThanOrEqual(4 * EVENTS_PER_JOB);
  expect(Math.max(...others)).toBeGreaterThan(4 * EVENTS_PER_JOB);
});
