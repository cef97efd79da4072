import { expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { testServers } from '#libs/testing/servers.ts';

it('gives every test file an empty database and a Redis that evicts nothing and keeps what it acknowledged', async () => {
  const connection = await createConnection(await testServers().createDatabase());
  const [tables] = await connection.query('SHOW TABLES');
  await connection.end();
  expect(tables).toEqual([]);

  const redis = new Redis(testServers().redisUrl);
  const policy = await redis.config('GET', 'maxmemory-policy');
  const appendonly = await redis.config('GET', 'appendonly');
  await redis.quit();
  expect([policy, appendonly]).toEqual([
    ['maxmemory-policy', 'noeviction'],
    ['appendonly', 'yes'],
  ]);
});
