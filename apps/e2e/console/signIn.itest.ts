import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { ConsolePage } from './browser.ts';
import { ANNA, CLIENT_ID, startWorld, type World } from './world.ts';

/** How people get in and out of the console, and what they are told then. */
const TEST_MS = 120_000;
jest.setTimeout(TEST_MS);

const LIST_PATH = `/console/clients/${CLIENT_ID}`;

/**
 * Where the line is slow: the first lines of a refusal are there, its body is not yet, as for a reading that the API
 * met just after the end of the session. No server does that at will.
 */
const ANSWERS_LATE = `
  const fetchAtOnce = fetch;
  globalThis.fetch = (url, options) => {
    if (!new URL(url, location).pathname.endsWith('/webhooks')) return fetchAtOnce(url, options);
    const start = (body) => options.signal.addEventListener('abort', () => body.error(options.signal.reason));
    return Promise.resolve(new Response(new ReadableStream({ start }), { status: 401 }));
  };`;

let world: World;
let view: ConsolePage;
let page: Page;

beforeAll(async () => {
  world = await startWorld();
});

beforeEach(async () => {
  view = await world.browser.newPage();
  page = view.page;
});

afterEach(async () => {
  expect(view.complaints).toEqual([]);
  await view.context.close();
});

afterAll(() => world.stop());

const button = (name: string) => page.getByRole('button', { name, exact: true });
const heading = (name: string) => page.getByRole('heading', { name });

async function fillSignIn(user: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password').fill(password);
  await button('Sign in').click();
}

async function signInAsAnna(): Promise<void> {
  await view.signIn(ANNA.user, ANNA.password);
  await view.open(LIST_PATH);
}

describe('a session', () => {
  it('begins with the right password, not with a wrong one, and ends by signing out', async () => {
    await view.open('/console/');
    await fillSignIn(ANNA.user, 'wrong');
    await page.getByRole('alert').filter({ hasText: 'User name or password is wrong.' }).waitFor();
    await fillSignIn(ANNA.user, ANNA.password);
    await heading(`Webhooks of client ${CLIENT_ID}`).waitFor();
    expect(new URL(page.url()).pathname).toBe(LIST_PATH);
    const [cookie] = await view.context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });

    await button('Sign out').click();
    await page.getByText('You have signed out.').waitFor();
    await page.reload();
    await button('Sign in').waitFor();
    expect(await heading('Webhooks').count()).toBe(0);
  });

  it('is asked for again when the API does not know it any more', async () => {
    await signInAsAnna();
    await heading('Webhooks').waitFor();
    const keys = await world.platform.redis.keys(`${world.platform.config.queuePrefix}:session:*`);
    await world.platform.redis.unlink(...keys);
    await page.getByText('Your session has ended').waitFor();
    await fillSignIn(ANNA.user, ANNA.password);
    await heading('Webhooks').waitFor();
  });

  it('is known to have ended by signing out, also while the page still reads', async () => {
    await page.addInitScript(ANSWERS_LATE);
    await signInAsAnna();
    await heading('Webhooks').waitFor();
    await button('Sign out').click();
    await page.getByText('You have signed out.').waitFor();
  });
});
