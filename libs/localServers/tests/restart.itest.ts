import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { startPrivateMariadb, startPrivateRedis } from '../privateServers.ts';
import { openServerFolder, type ServerFolder } from '../serverFolder.ts';

describe('a private server that was killed', () => {
  const lines: string[] = [];
  let folder: ServerFolder;
  let options: { folder: ServerFolder; searchPath: string; report: (line: string) => void };
  beforeAll(async () => {
    folder = await openServerFolder();
    options = { folder, searchPath: process.env.PATH ?? '', report: (line) => void lines.push(line) };
  });
  afterAll(() => folder.close());

  it('Redis comes back on its port with what it acknowledged', async () => {
    const first = await startPrivateRedis({ ...options, appendfsync: 'always', maxmemory: '64mb' });
    const client = new Redis(first.url);
    await client.set('key', 'value');
    await client.quit();
    await first.kill();

    const second = await startPrivateRedis({ ...options, port: first.port, appendfsync: 'always' });
    expect(second.url).toBe(first.url);
    const again = new Redis(second.url);
    expect(await again.get('key')).toBe('value');
    await again.quit();
    await second.stop();
    expect(lines[0]).toMatch(/^redis-server \d+\.\d+\.\d+ ready on port \d+ \(\d+\.\d s\)$/);
  });

  it('MariaDB comes back with the same URL and its rows', async () => {
    const first = await startPrivateMariadb(options);
    const connection = await createConnection(first.url);
    await connection.query('CREATE TABLE kept (id INT PRIMARY KEY, text VARCHAR(20))');
    await connection.query("INSERT INTO kept VALUES (1, 'ä 🙂')");
    await connection.end();
    await first.kill();

    const second = await startPrivateMariadb({ ...options, port: first.port });
    expect(second.url).toBe(first.url);
    const again = await createConnection(second.url);
    const [rows] = await again.query('SELECT * FROM kept');
    expect(rows).toEqual([{ id: 1, text: 'ä 🙂' }]);
    await again.end();
    await second.stop();
  });
});
