import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testServers } from '#libs/testing/servers.ts';
import { ApiUserStore } from '../apiUserStore.ts';
import { Database } from '../database.ts';
import { migrate } from '../migrate.ts';
import { verifyPassword } from '../passwordHash.ts';

let database: Database;
let users: ApiUserStore;
let clock = new Date('2026-03-01T12:00:00.123Z');

beforeAll(async () => {
  const databaseUrl = await testServers().createDatabase();
  await migrate({ databaseUrl });
  database = new Database({ databaseUrl });
  users = new ApiUserStore({ database, now: () => clock });
});

afterAll(() => database.close());

describe('API users', () => {
  it('are kept with a hash of their password, and never with the password', async () => {
    expect(await users.add({ name: 'anna', clientId: 123456789001, password: 'correct horse' })).toBe(true);
    expect(await users.add({ name: 'Anna', clientId: null, password: 'other' })).toBe(true);
    const created = clock;
    expect(await users.list()).toEqual([
      { name: 'Anna', clientId: null, created, passwordChanged: created },
      { name: 'anna', clientId: 123456789001, created, passwordChanged: created },
    ]);
    const found = await users.findWithHash('anna');
    expect(await verifyPassword('correct horse', String(found?.passwordHash))).toBe(true);
    const rows = await database.run((manager) => manager.query('SELECT * FROM api_user'));
    expect(JSON.stringify(rows)).not.toContain('correct horse');
  });

  it('are not overwritten by another of the same name', async () => {
    await users.add({ name: 'bernd', clientId: 1, password: 'first' });
    expect(await users.add({ name: 'bernd', clientId: null, password: 'second' })).toBe(false);
    const found = await users.findWithHash('bernd');
    expect(found?.user.clientId).toBe(1);
    expect(await verifyPassword('second', String(found?.passwordHash))).toBe(false);
  });

  it('change their password, and go', async () => {
    await users.add({ name: 'clara', clientId: 1, password: 'first' });
    const created = clock;
    clock = new Date(clock.getTime() + 1000);
    expect(await users.setPassword('clara', 'second')).toBe(true);
    const found = await users.findWithHash('clara');
    expect(found?.user).toMatchObject({ created, passwordChanged: clock });
    expect(await verifyPassword('second', String(found?.passwordHash))).toBe(true);
    expect(await users.remove('clara')).toBe(true);
    expect(await users.remove('clara')).toBe(false);
    expect(await users.setPassword('clara', 'third')).toBe(false);
    expect(await users.findWithHash('clara')).toBeNull();
  });
});
