import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { Routes } from '../planRoutes.ts';
import { RouterFixture } from './routerFixture.ts';

const WEBHOOK = 1;
const { clientId } = makeEvent();
const { redisUrl, makeQueuePrefix } = testServers();
const gate = Promise.withResolvers<void>();
const routes: Routes = new Map([[clientId, [{ id: WEBHOOK, type: 'open' }]]]);
let fixture: RouterFixture;

beforeAll(() => {
  const prefix = makeQueuePrefix();
  const directory = {
    sync: async () => {},
    async collectingWebhooks() {
      await gate.promise;
      return routes;
    },
  };
  fixture = new RouterFixture({ redisUrl, prefix, directory, lockMs: 500 });
});
afterAll(() => fixture.close());

it('a job that was given to another meanwhile is written once', async () => {
  fixture.router.start();
  const { id = '' } = await fixture.queue().add('open', makeEvent());
  const started = async () => (await fixture.queue().getJob(id))?.attemptsStarted;
  await waitUntil(async () => (await started()) === 1, { what: 'it is taken' });
  // As if its worker had stood still: the lock runs out, and the job is taken once more.
  await fixture.redis.del(`${fixture.queue().qualifiedName}:${id}:lock`);
  await waitUntil(async () => (await started()) === 2, { what: 'it is taken again' });
  gate.resolve();
  await waitUntil(() => fixture.isDone(), { what: 'all jobs are done' });
  expect(fixture.sink.events(WEBHOOK)).toHaveLength(1);
  expect(await fixture.queue().getFailedCount()).toBe(0);
});
