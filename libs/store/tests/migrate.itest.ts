import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { testServers } from '#libs/testing/servers.ts';
import { createDataSource } from '../dataSource.ts';
import { migrate } from '../migrate.ts';
import { MIGRATIONS } from '../migrations/index.ts';
import { SchemaOutdated, StoreUnavailable } from '../storeErrors.ts';
import { openStore } from './storeFixture.ts';

const NAMES = MIGRATIONS.map(({ name }) => name);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Another process that migrates, and what it printed. */
async function migrateElsewhere(databaseUrl: string): Promise<string[]> {
  const code = `
    import { migrate } from './libs/store/migrate.ts';
    console.log(JSON.stringify(await migrate({ databaseUrl: process.argv[1] })));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, databaseUrl], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`The migration ended with exit code ${exitCode}.`);
  return JSON.parse(output);
}

describe('migrations', () => {
  it('run once, however many processes start them at once', async () => {
    const databaseUrl = await testServers().createDatabase();
    const here = [migrate({ databaseUrl }), migrate({ databaseUrl })];
    const elsewhere = Array.from({ length: 3 }, () => migrateElsewhere(databaseUrl));
    const applied = await Promise.all([...here, ...elsewhere]);
    expect(applied.flat()).toEqual(NAMES);
    expect(await migrate({ databaseUrl })).toEqual([]);
  });

  it('finish what a process left that died half-way', async () => {
    const databaseUrl = await testServers().createDatabase();
    await migrate({ databaseUrl });
    const dataSource = await createDataSource({
      databaseUrl,
      poolSize: 1,
      connectTimeoutMs: 1000,
    }).initialize();
    await dataSource.query('DELETE FROM migrations');
    await dataSource.query('DROP TABLE webhook_client');
    await dataSource.destroy();
    expect(await migrate({ databaseUrl })).toEqual(NAMES);
    expect(await migrate({ databaseUrl })).toEqual([]);
  });

  it('make the tables that the entities describe', async () => {
    const databaseUrl = await testServers().createDatabase();
    await migrate({ databaseUrl });
    const dataSource = await createDataSource({
      databaseUrl,
      poolSize: 1,
      connectTimeoutMs: 1000,
    }).initialize();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('are missed by a store that starts without them, which then goes on by itself', async () => {
    const databaseUrl = await testServers().createDatabase();
    const { database, store } = openStore({ databaseUrl });
    await expect(store.findById(1)).rejects.toThrow(SchemaOutdated);
    await expect(database.ping()).rejects.toThrow('Run: npm run migrate');
    await migrate({ databaseUrl });
    expect(await store.findById(1)).toBeNull();
    await database.close();
  });

  it('say in words that the database is not there', async () => {
    const databaseUrl = testServers().databaseUrl('postrider_no_such_database');
    await expect(migrate({ databaseUrl })).rejects.toThrow(StoreUnavailable);
    await expect(migrate({ databaseUrl })).rejects.toThrow('postrider_no_such_database');
  });
});
