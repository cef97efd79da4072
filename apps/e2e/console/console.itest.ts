import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { ConsolePage } from './browser.ts';
import {
  ANNA,
  CLIENT_ID,
  OPERATOR_NAME,
  OPERATOR_PASSWORD,
  OTHER_CLIENT_ID,
  publish,
  startWorld,
  type World,
} from './world.ts';

/** What people do in the console, in a real browser, with a real Postrider behind it. */
const TEST_MS = 120_000;
jest.setTimeout(TEST_MS);

let world: World;
let view: ConsolePage;
let page: Page;

beforeAll(async () => {
  world = await startWorld({ RETRY_INTERVAL_MS: '3000' });
});

beforeEach(async () => {
  view = await world.browser.newPage();
  page = view.page;
});

afterEach(async () => {
  expect({ strangers: view.strangers, complaints: view.complaints }).toEqual({
    strangers: [],
    complaints: [],
  });
  await view.context.close();
});

afterAll(() => world.stop());

const button = (name: string) => page.getByRole('button', { name, exact: true });
const heading = (name: string) => page.getByRole('heading', { name });
const listPath = (clientId = CLIENT_ID) => `/console/clients/${clientId}`;

async function signInAsAnna(path: string): Promise<void> {
  await view.signIn(ANNA.user, ANNA.password);
  await view.open(path);
}

/** The text that a screen reader tells with an input. */
async function descriptionOf(label: string): Promise<string> {
  const ids = (await page.getByLabel(label).getAttribute('aria-describedby')) ?? '';
  const texts = ids
    .split(' ')
    .filter(Boolean)
    .map((id) => page.locator(`[id="${id}"]`).textContent());
  return (await Promise.all(texts)).join(' ');
}

describe('a webhook', () => {
  it('is created, with what is wrong beside its field, verified, activated, changed, deactivated, deleted', async () => {
    await signInAsAnna(listPath());
    await page.getByRole('link', { name: 'New webhook' }).click();
    await page.getByLabel('Target URL').fill('ftp://example.com');
    await page.getByLabel('POSTs a second').fill('many');
    await button('Create webhook').click();
    await page.getByRole('alert').filter({ hasText: 'Not saved' }).waitFor();
    expect(await descriptionOf('Target URL')).toContain('must begin with https://');
    expect(await descriptionOf('POSTs a second')).toContain('must be a number');
    await waitUntil(async () => (await page.evaluate('document.activeElement.name')) === 'targetUrl', {
      what: 'the focus on the first wrong field',
    });

    await page.getByLabel('Target URL').fill(world.healthy.url);
    await page.getByLabel('POSTs a second').fill('');
    await page.getByLabel('Method').selectOption('basicAuth');
    await page.getByLabel('User name').fill('postrider');
    await page.getByLabel('Password').fill('s3cret');
    await button('Create webhook').click();
    await page.getByText('Not activated yet').waitFor();

    const before = world.healthy.requests.length;
    await button('Verify').click();
    await page.getByLabel('Mailing id').fill('4711');
    await page.getByLabel('Events', { exact: true }).fill('2');
    await button('Send').click();
    await page.getByText('Status 200: accepted').waitFor();
    const [sent] = world.healthy.requests.slice(before);
    const shown = await page.getByLabel('The body that was sent').textContent();
    expect(JSON.parse(shown ?? '')).toEqual(sent?.body);
    expect(await page.getByLabel('The answer').textContent()).toBe('{"status":"ok"}');

    await button('Activate').click();
    await page.getByRole('status').filter({ hasText: 'Healthy' }).waitFor();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Events').selectOption('click');
    await button('Save').click();
    await heading(': click')
      .or(page.getByRole('heading', { name: /click webhook/ }))
      .waitFor();
    await page.getByText('user name postrider').waitFor();

    await button('Deactivate').click();
    await page.getByRole('status').filter({ hasText: 'Deactivated' }).waitFor();
    await button('Delete').click();
    await button('Cancel').click();
    await button('Delete').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('This client has no webhook yet').waitFor();
  });

  it('shows the secret that is made for its signatures once', async () => {
    await signInAsAnna(`${listPath()}/new`);
    await page.getByLabel('Target URL').fill(world.healthy.url);
    await page.getByLabel('Method').selectOption('standardWebhooks');
    await button('Create webhook').click();
    const goOn = page.getByRole('link', { name: 'I have kept it' });
    await goOn.waitFor();
    const secret = await page.getByLabel('Secret', { exact: true }).inputValue();
    expect(secret).toMatch(/^whsec_/);
    await goOn.click();
    await page.getByText('a signature').waitFor();
    expect(await page.content()).not.toContain(secret);
  });

  it('shows what is sent while one looks, what waits, and the next try', async () => {
    const webhook = await world.create(CLIENT_ID, 'bounce', world.failing);
    await world.platform.api.activate(webhook);
    await signInAsAnna(listPath());
    const row = page.getByRole('row').filter({ hasText: 'bounce' });
    await row.filter({ hasText: 'Healthy' }).waitFor();
    await publish(world.platform, webhook, 'bounce', 7);
    await row.filter({ hasText: 'Failing' }).filter({ hasText: 'status 503' }).waitFor();
    await row.getByRole('link').click();
    await waitUntil(async () => (await page.evaluate('document.activeElement.tagName')) === 'H1', {
      what: 'the focus on the heading of the page',
    });
    const timer = page.getByRole('timer');
    const seen = new Set<string>();
    await waitUntil(
      async () => {
        seen.add((await timer.textContent()) ?? '');
        return seen.has('in 2 s') && seen.has('in 1 s');
      },
      { what: 'the next try to come nearer' },
    );
  });
});

describe('deliveries', () => {
  it('are found by an event, a mail or a recipient, and by how they ended; and sent again', async () => {
    const webhook = await world.create(CLIENT_ID, 'unsubscribe', world.healthy);
    await world.platform.api.activate(webhook);
    const [event] = await publish(world.platform, webhook, 'unsubscribe', 3);
    await world.healthy.waitForAccepted(3);
    await signInAsAnna(`${listPath()}/webhooks/${webhook.id}`);
    const rows = page.getByRole('table', { name: 'Deliveries' }).getByRole('row');
    await rows.filter({ hasText: 'Delivered' }).first().waitFor();
    const search = page.getByLabel('Find an event');
    for (const term of [event?.id, event?.mailId, event?.recipientId]) {
      await search.fill('nothing-has-this-id');
      await page.getByText('No delivery matches.').waitFor();
      await search.fill(String(term));
      await rows.filter({ hasText: 'Delivered' }).first().waitFor();
    }
    await page.getByLabel('Outcome').selectOption('failed');
    await page.getByText('No delivery matches.').waitFor();
    await page.getByLabel('Outcome').selectOption('delivered');
    await rows.filter({ hasText: 'Delivered' }).first().waitFor();

    await button('Resend').click();
    await page.getByRole('radio', { name: 'By event id' }).check();
    await button('Queue again').click();
    await waitUntil(async () => (await descriptionOf('Event ids')).includes('Event ids '), {
      what: 'the error',
    });
    await page.getByLabel('Event ids').fill(String(event?.id));
    await button('Queue again').click();
    await page.getByText('No event of that choice is kept').waitFor();
  });
});

describe('who may see what', () => {
  it('a customer sees nothing of another, and no queues', async () => {
    const foreign = await world.create(OTHER_CLIENT_ID, 'open', world.healthy);
    await signInAsAnna(listPath(OTHER_CLIENT_ID));
    await page.getByRole('alert').filter({ hasText: 'not for the client' }).waitFor();
    await view.open(`${listPath()}/webhooks/${foreign.id}`);
    await page.getByRole('alert').filter({ hasText: 'not a webhook of this client' }).waitFor();
    expect(await page.content()).not.toContain(world.healthy.url);
    for (const name of ['Queues', 'Clients']) expect(await page.getByRole('link', { name }).count()).toBe(0);
  });

  it('an operator chooses a client, and finds the way to the queues and back', async () => {
    await view.signIn(OPERATOR_NAME, OPERATOR_PASSWORD);
    await view.open('/console/');
    await page.getByLabel('Client id').fill('x');
    await button('Show webhooks').click();
    expect(await descriptionOf('Client id')).toContain('must be a positive integer');
    await page.getByLabel('Client id').fill(String(OTHER_CLIENT_ID));
    await button('Show webhooks').click();
    await heading(`Webhooks of client ${OTHER_CLIENT_ID}`).waitFor();
    await page.getByRole('link', { name: 'Clients' }).click();
    await page.getByRole('link', { name: `Client ${OTHER_CLIENT_ID}` }).waitFor();
    const answer = page.waitForResponse((response) => response.url().endsWith('/admin/queues'));
    await page.getByRole('link', { name: 'Queues' }).click();
    expect((await answer).status()).toBe(200);
    // Its fonts are asked for elsewhere by its own page, and its policy forbids it: that is the dashboard's test.
    await page.waitForLoadState();
    await view.open('/console/');
    await heading('Clients').waitFor();
    view.forget();
  });
});
