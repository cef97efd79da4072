import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testServers } from '#libs/testing/servers.ts';
import { CredentialCipher } from '../credentialCipher.ts';
import { Database } from '../database.ts';
import { type RotationProgress, rotateKeys } from '../keyRotation.ts';
import { migrate } from '../migrate.ts';
import { WebhookStore } from '../webhookStore.ts';

const OLD = randomBytes(32);
const NEW = randomBytes(32);
const WEBHOOKS = 25;

let database: Database;
let ids: number[] = [];

beforeAll(async () => {
  const databaseUrl = await testServers().createDatabase();
  await migrate({ databaseUrl });
  database = new Database({ databaseUrl });
});

afterAll(() => database.close());

const cipher = (...keys: [Buffer, ...Buffer[]]) => new CredentialCipher({ keys });

function storeWith(...keys: [Buffer, ...Buffer[]]): WebhookStore {
  return new WebhookStore({
    database,
    cipher: cipher(...keys),
    webhooksPerClient: 1000,
    now: () => new Date(),
  });
}

async function fill(key: Buffer): Promise<void> {
  await database.run((manager) => manager.query('DELETE FROM webhook'));
  ids = [];
  for (let index = 0; index < WEBHOOKS; index++) {
    const authentication =
      index % 5 === 0
        ? ({ type: 'none' } as const)
        : ({ type: 'keyAuth', key: 'X-Key', passphrase: `secret ${index}` } as const);
    const fields = {
      type: 'open',
      format: 'json',
      targetUrl: 'https://example.com/',
      authentication,
    } as const;
    const made = await storeWith(key).create(1, fields);
    if (made.kind !== 'created') throw new Error(made.kind);
    ids.push(made.webhook.id);
  }
}

async function expectReadableWith(key: Buffer): Promise<void> {
  for (const [index, id] of ids.entries()) {
    const { authentication } = (await storeWith(key).findById(id)) ?? {};
    const expected = index % 5 === 0 ? { type: 'none' } : { passphrase: `secret ${index}` };
    expect(authentication).toMatchObject(expected);
  }
}

async function rotate(keys: [Buffer, ...Buffer[]], more: { stopAfter?: number } = {}) {
  const seen: RotationProgress[] = [];
  const stop = new AbortController();
  const end = await rotateKeys({
    database,
    cipher: cipher(...keys),
    batchSize: 4,
    signal: stop.signal,
    onProgress: (progress) => {
      seen.push(progress);
      if (seen.length === more.stopAfter) stop.abort();
    },
  });
  return { seen, end };
}

describe('the rotation of keys', () => {
  it('leaves every secret readable with the new key alone, and shows how far it is', async () => {
    await fill(OLD);
    const { seen, end } = await rotate([NEW, OLD]);
    expect(end).toEqual({ total: WEBHOOKS, looked: WEBHOOKS, encrypted: 20, unreadable: [] });
    expect(seen.map(({ looked }) => looked)).toEqual([4, 8, 12, 16, 20, 24, 25]);
    await expectReadableWith(NEW);
  });

  it('can be interrupted and run again: both keys read all meanwhile, and nothing is done twice', async () => {
    await fill(OLD);
    const first = await rotate([NEW, OLD], { stopAfter: 3 });
    expect(first.end).toMatchObject({ looked: 12 });
    for (const id of ids) expect(await storeWith(NEW, OLD).findById(id)).not.toBeNull();
    const second = await rotate([NEW, OLD]);
    expect(first.end.encrypted + second.end.encrypted).toBe(20);
    expect((await rotate([NEW, OLD])).end.encrypted).toBe(0);
    await expectReadableWith(NEW);
  });

  it('goes on beside changes, and loses none', async () => {
    await fill(OLD);
    const change = async (id: number) => {
      const authentication = { type: 'keyAuth', key: 'X-Key', passphrase: 'changed' } as const;
      const fields = {
        type: 'open',
        format: 'json',
        targetUrl: 'https://example.com/',
        authentication,
      } as const;
      await storeWith(NEW, OLD).update({ clientId: 1, id }, fields);
    };
    await Promise.all([rotate([NEW, OLD]), ...ids.map(change)]);
    for (const id of ids) {
      expect(await storeWith(NEW).findById(id)).toMatchObject({ authentication: { passphrase: 'changed' } });
    }
  });

  it('names what no key opens, and leaves it as it is', async () => {
    await fill(OLD);
    const { end } = await rotate([NEW]);
    expect(end).toMatchObject({ encrypted: 0 });
    expect(end.unreadable).toHaveLength(20);
    await expectReadableWith(OLD);
  });
});
