import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testServers } from '#libs/testing/servers.ts';
import { CredentialCipher } from '../credentialCipher.ts';
import { Database } from '../database.ts';
import { rotateKeys } from '../keyRotation.ts';
import { migrate } from '../migrate.ts';
import { WebhookStore } from '../webhookStore.ts';

const HOUR_MS = 3_600_000;
const OLD_KEY = randomBytes(32);
const NEW_KEY = randomBytes(32);
const FIELDS = { type: 'open', format: 'json', targetUrl: 'https://example.com/' } as const;
const signing = (secret: string) =>
  ({ ...FIELDS, authentication: { type: 'standardWebhooks', secret } }) as const;

let database: Database;
let now = Date.parse('2026-03-01T12:00:00Z');

beforeAll(async () => {
  const databaseUrl = await testServers().createDatabase();
  await migrate({ databaseUrl });
  database = new Database({ databaseUrl });
});

afterAll(() => database.close());

function storeWith(...keys: [Buffer, ...Buffer[]]): WebhookStore {
  const cipher = new CredentialCipher({ keys });
  return new WebhookStore({ database, cipher, webhooksPerClient: 50, now: () => new Date(now) });
}

async function created(store: WebhookStore, secret: string) {
  const result = await store.create(1, signing(secret));
  if (result.kind !== 'created') throw new Error(result.kind);
  return result.webhook;
}

const authenticationOf = async (store: WebhookStore, id: number) =>
  (await store.findById(id))?.authentication;

describe('the secret that a webhook signs with', () => {
  it('is given to the workers, with the one before it and when that ends', async () => {
    const store = storeWith(OLD_KEY);
    const webhook = await created(store, 'first');
    expect(webhook.authentication).toEqual({ type: 'standardWebhooks' });
    expect(await authenticationOf(store, webhook.id)).toEqual({ type: 'standardWebhooks', secret: 'first' });

    const changedAt = now;
    await store.update(webhook, signing('second'));
    now += HOUR_MS;
    await store.update(webhook, signing('second'));
    await store.update(webhook, FIELDS);
    const former = [{ secret: 'first', until: changedAt + 24 * HOUR_MS }];
    expect(await authenticationOf(store, webhook.id)).toEqual({
      type: 'standardWebhooks',
      secret: 'second',
      former,
    });

    now += 24 * HOUR_MS;
    await store.update(webhook, signing('second'));
    expect(await authenticationOf(store, webhook.id)).toEqual({ type: 'standardWebhooks', secret: 'second' });
  });

  it('does not outlive another authentication', async () => {
    const store = storeWith(OLD_KEY);
    const webhook = await created(store, 'first');
    await store.update(webhook, { ...FIELDS, authentication: { type: 'none' } });
    await store.update(webhook, signing('second'));
    expect(await authenticationOf(store, webhook.id)).toEqual({ type: 'standardWebhooks', secret: 'second' });
  });

  it('survives a new encryption key, the former one with it', async () => {
    const webhook = await created(storeWith(OLD_KEY), 'first');
    await storeWith(OLD_KEY).update(webhook, signing('second'));
    const before = await authenticationOf(storeWith(OLD_KEY), webhook.id);
    const cipher = new CredentialCipher({ keys: [NEW_KEY, OLD_KEY] });
    await rotateKeys({ database, cipher, onProgress: () => undefined });
    expect(await authenticationOf(storeWith(NEW_KEY), webhook.id)).toEqual(before);
    expect(before).toMatchObject({ secret: 'second', former: [{ secret: 'first' }] });
  });

  it('can be replaced also when nothing can read it any more', async () => {
    const webhook = await created(storeWith(randomBytes(32)), 'lost');
    await storeWith(NEW_KEY).update(webhook, signing('second'));
    expect(await authenticationOf(storeWith(NEW_KEY), webhook.id)).toEqual({
      type: 'standardWebhooks',
      secret: 'second',
    });
  });
});
