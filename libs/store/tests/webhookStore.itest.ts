import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Authentication } from '#libs/domain/webhook.ts';
import { testServers } from '#libs/testing/servers.ts';
import { CredentialUnreadable } from '../credentialCipher.ts';
import type { Database } from '../database.ts';
import { migrate } from '../migrate.ts';
import type { SortKey } from '../webhookPage.ts';
import type { WebhookFields, WebhookStore } from '../webhookStore.ts';
import { openStore } from './storeFixture.ts';

const LIMIT = 5;
const FIRST = { sort: 'id', direction: 'ASC', offset: 0, limit: 100 } as const;
const BASIC: Authentication = { type: 'basicAuth', userName: 'anna', password: 'pässword 🔑' };
const KEY: Authentication = { type: 'keyAuth', key: 'X-Api-Key', passphrase: 'open sesame' };

let database: Database;
let store: WebhookStore;
let clientId = 10_180_860_000;
let clock = new Date('2026-03-01T12:00:00.123Z');

beforeAll(async () => {
  const databaseUrl = await testServers().createDatabase();
  await migrate({ databaseUrl });
  ({ database, store } = openStore({ databaseUrl, webhooksPerClient: LIMIT, now: () => clock }));
});

afterAll(() => database.close());

const fields = (changes: Partial<WebhookFields> = {}): WebhookFields => ({
  type: 'open',
  format: 'json',
  targetUrl: 'https://example.com/hook',
  ...changes,
});

async function created(changes?: Partial<WebhookFields>, owner = ++clientId) {
  const result = await store.create(owner, fields(changes));
  if (result.kind !== 'created') throw new Error(result.kind);
  return result.webhook;
}

describe('webhook store', () => {
  it('keeps a webhook as it was created, to the millisecond', async () => {
    const webhook = await created({ authentication: BASIC });
    expect(webhook).toEqual({
      id: expect.any(Number),
      clientId,
      type: 'open',
      status: 'created',
      format: 'json',
      targetUrl: 'https://example.com/hook',
      authentication: { type: 'basicAuth', userName: 'anna' },
      created: clock,
      modified: clock,
    });
    expect(await store.find(webhook)).toEqual({ kind: 'found', webhook });
    expect(await store.list(clientId, FIRST)).toEqual([webhook]);
  });

  it.each([{ type: 'none' } as const, BASIC, KEY])(
    'gives the workers %j with its secret',
    async (authentication) => {
      const { id } = await created({ authentication });
      expect(await store.findById(id)).toMatchObject({ id, authentication });
    },
  );

  it('holds no secret in the clear', async () => {
    const { id } = await created({ authentication: KEY });
    const [row] = await database.run((manager) => manager.query('SELECT * FROM webhook WHERE id = ?', [id]));
    const bytes = Object.values(row).map((value) => (Buffer.isBuffer(value) ? value : String(value)));
    expect(bytes.some((value) => value.includes('open sesame'))).toBe(false);
    expect(bytes.some((value) => value.includes('X-Api-Key'))).toBe(true);
  });

  it('does not read a secret that was copied from another row', async () => {
    const [one, other] = [await created({ authentication: KEY }), await created({ authentication: KEY })];
    await database.run((manager) =>
      manager.query('UPDATE webhook a, webhook b SET a.secret = b.secret WHERE a.id = ? AND b.id = ?', [
        one.id,
        other.id,
      ]),
    );
    await expect(store.findById(one.id)).rejects.toThrow(CredentialUnreadable);
    expect(await store.findById(other.id)).toMatchObject({ authentication: KEY });
    const both = await store.findByIds([one.id, other.id]);
    expect(both.get(one.id)).toBeInstanceOf(CredentialUnreadable);
    expect(both.get(other.id)).toMatchObject({ authentication: KEY });
  });

  it('keeps the stored authentication on an update without one, and replaces it otherwise', async () => {
    const webhook = await created({ authentication: BASIC });
    clock = new Date(clock.getTime() + 1500);
    const updated = await store.update(webhook, fields({ type: 'click', targetUrl: 'https://example.org/' }));
    expect(updated).toEqual({
      kind: 'found',
      webhook: { ...webhook, type: 'click', targetUrl: 'https://example.org/', modified: clock },
    });
    expect(await store.findById(webhook.id)).toMatchObject({ authentication: BASIC });
    await store.update(webhook, fields({ authentication: { type: 'none' } }));
    expect(await store.findById(webhook.id)).toMatchObject({ authentication: { type: 'none' } });
  });

  it('keeps the limit of requests on an update without one, and drops it when told so', async () => {
    const webhook = await created({ maxRequestsPerSecond: 10 });
    expect(webhook).toMatchObject({ maxRequestsPerSecond: 10 });
    await store.update(webhook, fields({ type: 'click' }));
    expect(await store.findById(webhook.id)).toMatchObject({ type: 'click', maxRequestsPerSecond: 10 });
    await store.update(webhook, fields({ maxRequestsPerSecond: 1000 }));
    expect(await store.findById(webhook.id)).toMatchObject({ maxRequestsPerSecond: 1000 });
    await store.update(webhook, fields({ maxRequestsPerSecond: null }));
    expect(await store.findById(webhook.id)).not.toHaveProperty('maxRequestsPerSecond');
  });

  it('tells a missing webhook from one of another client, whatever is asked', async () => {
    const webhook = await created();
    const refs = {
      missing: { clientId, id: 2 ** 53 - 1 },
      foreign: { clientId: clientId + 1, id: webhook.id },
    };
    for (const [kind, ref] of Object.entries(refs)) {
      expect(await store.find(ref)).toEqual({ kind });
      expect(await store.update(ref, fields({ type: 'sent' }))).toEqual({ kind });
      expect(await store.changeStatus(ref, 'activate')).toEqual({ kind });
      expect(await store.changeStatus(ref, 'deactivate')).toEqual({ kind });
      expect(await store.remove(ref)).toEqual({ kind });
    }
    expect(await store.find(webhook)).toEqual({ kind: 'found', webhook });
    expect(await store.findById(refs.missing.id)).toBeNull();
  });

  it('lists by every sort key, both ways, in pages', async () => {
    const types = ['sent', 'click', 'open'] as const;
    const made = [];
    for (const [index, type] of types.entries()) {
      clock = new Date(clock.getTime() + 1000);
      made.push(
        await created(
          { type, targetUrl: `https://example.com/${9 - index}`, authentication: BASIC },
          clientId,
        ),
      );
    }
    const [sent, click, open] = made.map(({ id }) => id);
    const sorted: Record<SortKey, unknown> = {
      id: [sent, click, open],
      created: [sent, click, open],
      modified: [sent, click, open],
      status: [sent, click, open],
      format: [sent, click, open],
      authentication: [sent, click, open],
      type: [click, open, sent],
      targetUrl: [open, click, sent],
    };
    for (const [sort, ids] of Object.entries(sorted) as [SortKey, number[]][]) {
      const list = async (page: object) =>
        (await store.list(clientId, { ...FIRST, sort, ...page }))
          .map(({ id }) => id)
          .filter((id) => id >= Number(sent));
      expect(await list({})).toEqual(ids);
      expect(await list({ direction: 'DESC' })).toEqual(ids.toReversed());
    }
    const page = await store.list(clientId, { ...FIRST, direction: 'DESC', offset: 1, limit: 1 });
    expect(page.map(({ id }) => id)).toEqual([click]);
  });

  it('never lets concurrent creations pass the limit of a client', async () => {
    const owner = ++clientId;
    const results = await Promise.all(Array.from({ length: 4 * LIMIT }, () => store.create(owner, fields())));
    expect(results.filter(({ kind }) => kind === 'created')).toHaveLength(LIMIT);
    expect(results.filter(({ kind }) => kind === 'limitReached')).toHaveLength(3 * LIMIT);
    expect(await store.list(owner, FIRST)).toHaveLength(LIMIT);
  });

  it('lets one of two concurrent activations win', async () => {
    for (let round = 0; round < 10; round++) {
      const webhook = await created();
      const results = await Promise.all([1, 2].map(() => store.changeStatus(webhook, 'activate')));
      expect(results.map(({ kind }) => kind).sort()).toEqual(['found', 'notAllowed']);
    }
  });

  it('allows the status changes that the domain allows', async () => {
    const webhook = await created();
    const status = (result: object) =>
      'webhook' in result ? (result.webhook as { status: string }).status : result;
    expect(await store.changeStatus(webhook, 'deactivate')).toMatchObject({ kind: 'notAllowed' });
    expect(status(await store.changeStatus(webhook, 'activate'))).toBe('activated');
    expect(await store.remove(webhook)).toMatchObject({ kind: 'notAllowed' });
    expect(status(await store.changeStatus(webhook, 'deactivate'))).toBe('deactivated');
    expect(await store.remove(webhook)).toEqual({ kind: 'removed' });
    expect(await store.find(webhook)).toEqual({ kind: 'missing' });
  });

  it('finds the webhooks of several clients that collect events', async () => {
    const [one, two, other] = [await created(), await created({ type: 'click' }), await created()];
    await created({}, one.clientId);
    for (const webhook of [one, two, other]) await store.changeStatus(webhook, 'activate');
    const found = await store.findCollectingByClients([one.clientId, two.clientId]);
    expect(found.sort((a, b) => a.id - b.id)).toEqual([
      { id: one.id, clientId: one.clientId, type: 'open' },
      { id: two.id, clientId: two.clientId, type: 'click' },
    ]);
    expect(await store.findCollectingByClients([])).toEqual([]);
  });

  it('knows until when a webhook collected, and nothing of that once it is activated again', async () => {
    const { id, clientId } = await created();
    await store.changeStatus({ id, clientId }, 'activate');
    await store.changeStatus({ id, clientId }, 'deactivate');
    const [found] = await store.findCollectingByClients([clientId]);
    expect(found).toEqual({ id, clientId, type: 'open', until: clock.getTime() });
    await store.changeStatus({ id, clientId }, 'activate');
    expect(await store.findCollectingByClients([clientId])).toEqual([{ id, clientId, type: 'open' }]);
  });

  it('keeps every character of an address and a name', async () => {
    const targetUrl = `https://example.com/${'ü🔑'.repeat(600)}`;
    const userName = '🔑'.repeat(255);
    const webhook = await created({ targetUrl, authentication: { ...BASIC, userName } });
    expect(webhook).toMatchObject({ targetUrl, authentication: { type: 'basicAuth', userName } });
  });
});
