import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeyLayout } from '#libs/backlog/keys.ts';
import { Scripts } from '#libs/backlog/scripts.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { modelRuns } from '#libs/testing/modelRuns.ts';
import { testServers } from '#libs/testing/servers.ts';
import { burst, type Command, commands, perform, toTheEnd } from './model/commands.ts';
import { drain } from './model/drain.ts';
import { TTL_MS, World } from './model/world.ts';

const TIMEOUT_MS = 600_000;

const redis = connectRedis(testServers().redisUrl, 'waiting', silentLogger);
const scripts = new Scripts(redis);
const prefix = testServers().makeQueuePrefix();
let worlds = 0;
const happened = new Set<string>();
afterAll(() => redis.disconnect());

/** Several batches are in flight when the target falls silent and then Redis, at each step of a run. */
const silentWithTrouble = Array.from({ length: 50 }, (_, steps): [Command[]] => [
  [
    { does: 'append', chunks: burst, waking: 'job' },
    { does: 'run', lane: 'deliveries', how: { steps } },
    { does: 'target', mood: 'unreachable' },
    { does: 'goOn', which: 0, how: 'trouble' },
    { does: 'run', lane: 'deliveries', how: toTheEnd },
  ],
]);

/** A webhook of its own in a shard of its own, so that the reconciler looks after no other. */
function newWorld({ retryMaxIntervalMs }: { retryMaxIntervalMs: number }): World {
  worlds += 1;
  const keys = new KeyLayout({ prefix: `${prefix}-${worlds}`, shards: 1 });
  const settings = {
    batchSize: 4,
    retryIntervalMs: 10_000,
    retryMaxIntervalMs,
    eventTtlMs: TTL_MS,
    deliveryTimeoutMs: 30_000,
  };
  return new World({ redis, scripts, keys, webhookId: 1, settings, happened });
}

describe('one webhook, whatever happens to it, in whatever order', () => {
  it.each([
    ['fixed intervals', 10_000],
    ['back-off', 160_000],
  ])(
    'with %s: nothing is lost, doubled, too old, too early or without a job; and in the end all is delivered',
    async (_, retryMaxIntervalMs) => {
      const property = fc.asyncProperty(commands, async (all) => {
        const world = newWorld({ retryMaxIntervalMs });
        for (const each of all) {
          await perform(world, each);
          await world.check();
        }
        await drain(world);
        expect(world.problems).toEqual([]);
      });
      await fc.assert(property, { ...modelRuns(150), examples: silentWithTrouble });
    },
    TIMEOUT_MS,
  );

  it('has met all that makes it difficult', () => {
    const lanes = ['deliveries', 'retries'];
    const moods = ['accepts', 'refuses', 'unreachable'];
    const expected = [
      ...lanes.flatMap((lane) => moods.map((mood) => `a POST in the lane of ${lane}: ${mood}`)),
      'a batch with mixed attempts',
      'a POST of a late run',
      'a POST of a direct run',
      'several batches in flight',
      'events are discarded',
      ...['read', 'settle', 'fail', 'recover', 'readAside', 'setAside', 'postpone'],
      ...['read', 'fail'].map((name) => `${name}: overtaken`),
    ];
    expect(expected.filter((what) => !happened.has(what))).toEqual([]);
  });
});
