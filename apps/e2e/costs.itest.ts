import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countCommands } from '#libs/localServers/countCommands.ts';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { type OwnRedis, startOwnRedis } from '#libs/testing/ownRedis.ts';
import { type Platform, startPlatform } from './platform.ts';

/** What the same work cost when this was written, with some room: a rise wants a reason, or a mend. */
const MAX_COMMANDS_PER_EVENT = 0.3;
const MAX_POSTS_PER_1000_EVENTS = 12;
/** 16 queues that a worker waits for, each asked once in 10 s, are most of it. */
const MAX_IDLE_COMMANDS_PER_SECOND = 20;
const EVENTS = 10_000;
const IDLE_MS = 10_000;

let redis: OwnRedis;
let platform: Platform;

beforeAll(async () => {
  // Commands are counted by the server, so that it must serve nobody else.
  redis = await startOwnRedis();
  platform = await startPlatform({ REDIS_URL: redis.url });
});
afterAll(async () => {
  await platform?.stop();
  await redis?.close();
});

describe('costs that are counted, not timed', () => {
  it('few Redis commands and POSTs for events that are published together', async () => {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer });
    const before = await countCommands(platform.redis);
    await platform.publisher.publish(makeEvents(EVENTS, match));
    await customer.waitForAccepted(EVENTS);
    expect((await countCommands(platform.redis)) - before).toBeLessThan(EVENTS * MAX_COMMANDS_PER_EVENT);
    expect(customer.requests.length).toBeLessThanOrEqual((EVENTS / 1_000) * MAX_POSTS_PER_1000_EVENTS);
  });

  it('few Redis commands while nothing happens', async () => {
    const before = await countCommands(platform.redis);
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const perSecond = ((await countCommands(platform.redis)) - before) / (IDLE_MS / 1_000);
    expect(perSecond).toBeLessThan(MAX_IDLE_COMMANDS_PER_SECOND);
  });
});
