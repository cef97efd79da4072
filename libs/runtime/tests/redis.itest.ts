import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { silentLogger } from '#libs/logging/logger.ts';
import { type OwnRedis, startOwnRedis } from '#libs/testing/ownRedis.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { connectRedis } from '../redis.ts';
import { keepTogether } from '../redisMasters.ts';

let server: OwnRedis;
beforeAll(async () => {
  server = await startOwnRedis();
});
afterAll(() => server.close());

it('what a demoted master refuses is sent to whatever is the master then', async () => {
  const operator = new Redis(server.url);
  const redis = connectRedis(server.url, 'waiting', silentLogger);
  await redis.set('before', '1');
  let reconnections = 0;
  redis.on('close', () => {
    reconnections += 1;
  });
  // The same server, as its name leads to no other one here: a replica for a while, of a master that is none.
  await operator.replicaof('127.0.0.1', 1);
  const write = redis.set('meanwhile', '2');
  await waitUntil(() => reconnections > 0, { what: 'a connection anew' });
  await operator.replicaof('NO', 'ONE');
  expect(await write).toBe('OK');
  expect(await operator.get('meanwhile')).toBe('2');
  operator.disconnect();
  redis.disconnect();
});

it('commands of one turn are sent together, also after a reconnection', async () => {
  const redis = connectRedis(server.url, 'waiting', silentLogger) as Redis;
  await expectOneSending(redis);
  const back = new Promise((resolve) => redis.once('ready', resolve));
  redis.disconnect(true);
  await back;
  await expectOneSending(redis);
  redis.disconnect();
});

async function expectOneSending(redis: Redis): Promise<void> {
  await redis.ping();
  const { stream } = redis;
  const uncork = stream.uncork.bind(stream);
  let sendings = 0;
  stream.uncork = () => {
    sendings += 1;
    uncork();
  };
  const pongs = await Promise.all(Array.from({ length: 100 }, () => redis.ping()));
  expect(pongs).toEqual(Array(100).fill('PONG'));
  expect(sendings).toBe(1);
}

describe('two connections of a worker', () => {
  let operator: Redis;
  let leader: Redis;
  let follower: Redis;
  beforeEach(async () => {
    operator = new Redis(server.url);
    leader = connectRedis(server.url, 'waiting', silentLogger) as Redis;
    follower = connectRedis(server.url, 'waiting', silentLogger) as Redis;
    keepTogether(leader, follower);
    await Promise.all([leader.ping(), follower.ping()]);
  });
  afterEach(() => {
    for (const redis of [operator, leader, follower]) redis.disconnect();
  });

  const idOf = (redis: Redis) => redis.client('ID');
  const kill = (id: number) => operator.client('KILL', 'ID', id);

  it('the follower reconnects when the leader had to', async () => {
    const before = await idOf(follower);
    await kill(await idOf(leader));
    await waitUntil(async () => (await idOf(follower)) !== before, { what: 'a connection anew' });
    expect(await follower.ping()).toBe('PONG');
  });

  it('a follower that has reconnected by itself does not do it again, nor does the leader', async () => {
    const before = { leader: await idOf(leader), follower: await idOf(follower) };
    let reconnections = 0;
    follower.on('ready', () => {
      reconnections += 1;
    });
    await kill(before.follower);
    await waitUntil(() => reconnections === 1, { what: 'the follower is back' });
    expect(await idOf(leader)).toBe(before.leader);

    const back = new Promise((resolve) => leader.once('ready', resolve));
    leader.once('close', () => follower.disconnect(true));
    await kill(before.leader);
    await back;
    await waitUntil(() => reconnections === 2, { what: 'both are back' });
    await follower.ping();
    expect(reconnections).toBe(2);
  });
});
