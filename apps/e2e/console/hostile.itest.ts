import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { ConsolePage } from './browser.ts';
import { ANNA, CLIENT_ID, startWorld, type World } from './world.ts';

/** Pages of others that try to use a session, and people who use no mouse. */
const TEST_MS = 120_000;
jest.setTimeout(TEST_MS);
const MOST_TABS = 40;

let world: World;
let view: ConsolePage;
let page: Page;

beforeAll(async () => {
  world = await startWorld();
  view = await world.browser.newPage();
  page = view.page;
});

afterAll(() => world.stop());

const listPath = `/console/clients/${CLIENT_ID}`;

async function focused(): Promise<string> {
  const script =
    'const e = document.activeElement; (e.getAttribute("aria-label") || e.name || e.textContent || "").trim()';
  return String(await page.evaluate(script));
}

/** Goes on with Tab until that is focused; the ring around it is to be seen. */
async function tabTo(wanted: RegExp): Promise<void> {
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    await page.keyboard.press('Tab');
    if (!wanted.test(await focused())) continue;
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    return;
  }
  throw new Error(`No way by Tab to ${wanted}`);
}

describe('without a mouse', () => {
  it('one signs in, opens a webhook, verifies and activates it, and signs out', async () => {
    const { id } = await world.create(CLIENT_ID, 'sent', world.healthy);
    await view.open('/console/');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await tabTo(/^Skip to the content$/);
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await tabTo(/^user$/);
    await page.keyboard.type(ANNA.user);
    await tabTo(/^password$/);
    await page.keyboard.type(ANNA.password);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: `sent ${id}` }).waitFor();
    expect(await focused()).toBe(`Webhooks of client ${CLIENT_ID}`);
    await tabTo(new RegExp(`^sent ${id}$`));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Activate' }).waitFor();
    expect(await focused()).toBe(`sent webhook ${id}`);
    await tabTo(/^Activate$/);
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'Healthy' }).waitFor();
    expect(await focused()).toBe('Deactivate');
    await tabTo(/^Verify$/);
    await page.keyboard.press('Space');
    await tabTo(/^Send$/);
    await page.keyboard.press('Enter');
    await page.getByText('Status 200: accepted').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'New webhook' }).waitFor();
    expect(await focused()).toBe(`Webhooks of client ${CLIENT_ID}`);
    await page.reload();
    await tabTo(/^Sign out$/);
    await page.keyboard.press('Enter');
    await page.getByText('You have signed out.').waitFor();
    expect({ strangers: view.strangers, complaints: view.complaints }).toEqual({
      strangers: [],
      complaints: [],
    });
  });
});

/** Tries all that a page can: with the cookie of whoever looks at it. */
function evilPage(webhookId: number): string {
  const webhooks = `${world.origin}/rest/${CLIENT_ID}/webhooks`;
  const fields = new URLSearchParams({ type: 'open', format: 'json', targetUrl: world.healthy.url });
  return `<!doctype html><title>begun</title>
    <iframe name="inside"></iframe>
    <form id="form" method="post" target="inside" action="${webhooks}/${webhookId}/activate"></form>
    <script type="module">
      const attempt = (url, options) => fetch(url, { credentials: 'include', ...options }).catch(() => null);
      const form = { method: 'POST', body: new URLSearchParams('${fields}') };
      await attempt('${webhooks}', { ...form, mode: 'no-cors' });
      await attempt('${webhooks}', form);
      await attempt('${webhooks}', { mode: 'no-cors' });
      await attempt('${webhooks}', { headers: { 'X-Postrider-Console': '1' } });
      await attempt('${webhooks}/${webhookId}/verify?mailingId=1', { mode: 'no-cors' });
      await attempt('${world.origin}/rest/session', { method: 'POST', mode: 'no-cors',
        body: new URLSearchParams('user=bernd&password=bernd-password') });
      document.getElementById('form').submit();
      await attempt('${world.origin}/rest/session', { mode: 'no-cors' });
      document.title = 'done';
    </script>`;
}

describe('a page of another origin', () => {
  it.each([
    // Of the same site, as ports don't count: the browser does send the cookie there.
    ['of the same site', '127.0.0.1'],
    ['of another site', 'localhost'],
  ])('%s, changes nothing and learns nothing', async (_what, host) => {
    const webhook = await world.create(CLIENT_ID, 'archive', world.healthy);
    await view.signIn(ANNA.user, ANNA.password);
    const evil = await world.platform.customer(() => ({
      headers: { 'Content-Type': 'text/html' },
      body: evilPage(webhook.id),
    }));
    const sent = world.healthy.requests.length;
    const before = world.platform.lines.length;
    await page.goto(`http://${host}:${evil.port}/`);
    const isDone = async () => (await page.title()) === 'done';
    await waitUntil(isDone, { what: 'the page to have tried all' });

    const answers = world.platform.lines
      .slice(before)
      .filter(({ message, path }) => message === 'Answered a request' && String(path).startsWith('/rest/'));
    expect(answers.length).toBeGreaterThanOrEqual(6);
    for (const { method, status, user } of answers) {
      const refusals = method === 'POST' ? ['403'] : method === 'OPTIONS' ? ['204', '401'] : ['401'];
      expect({ method, status, user }).toEqual({
        method,
        status: expect.stringMatching(refusals.join('|')),
        user: undefined,
      });
    }
    expect(world.healthy.requests.length).toBe(sent);

    // The very cookie is good on our own page: it is nobody else that was asked.
    await view.open(listPath);
    const row = page.getByRole('row').filter({ hasText: `archive ${webhook.id}` });
    await row.filter({ hasText: 'Not activated yet' }).waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'open' }).count()).toBe(0);
  });
});
