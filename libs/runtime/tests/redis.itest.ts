import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { silentLogger } from '#libs/logging/logger.ts';
import { type OwnRedis, startOwnRedis } from '#libs/testing/ownRedis.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { connectRedis } from '../redis.ts';

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
