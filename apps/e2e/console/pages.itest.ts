import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { WebhookRef } from '../adminClient.ts';
import type { ConsolePage } from './browser.ts';
import {
  CLIENT_ID,
  OPERATOR_NAME,
  OPERATOR_PASSWORD,
  OTHER_CLIENT_ID,
  publish,
  startWorld,
  type World,
} from './world.ts';

/**
 * Every page, in light, in dark and on a phone: no barrier, nothing asked of another host, no wider than the window.
 * With POSTRIDER_SCREENSHOTS set (npm run screenshots), the pictures of docs/console.md are made on the way.
 */
const SCREENSHOTS = process.env.POSTRIDER_SCREENSHOTS
  ? join(import.meta.dirname, '../../../docs/console')
  : undefined;
const PHONE = { width: 360, height: 740 };
const HISTORY_HOURS = 60;
const TEST_MS = 120_000;
jest.setTimeout(TEST_MS);
/** Of a picture: what is below is more of the same. */
const MOST_HEIGHT = 1300;

let world: World;
/** Of somebody who has not signed in. */
let visitor: ConsolePage;
let view: ConsolePage;
let healthy: WebhookRef;
let failing: WebhookRef;

beforeAll(async () => {
  world = await startWorld({ RETRY_INTERVAL_MS: '10000' });
  const { platform } = world;
  healthy = await world.create(CLIENT_ID, 'open', world.healthy);
  failing = await world.create(CLIENT_ID, 'click', world.failing);
  const suspended = await world.create(CLIENT_ID, 'spamcomplaint', world.failing);
  const deactivated = await world.create(CLIENT_ID, 'bounce', world.healthy);
  await world.create(CLIENT_ID, 'unsubscribe', world.healthy);
  const others = [
    await world.create(OTHER_CLIENT_ID, 'open', world.healthy),
    await world.create(OTHER_CLIENT_ID, 'click', world.healthy),
  ];
  for (const webhook of [healthy, failing, deactivated, ...others]) await platform.api.activate(webhook);
  await platform.api.deactivate(deactivated);
  await world.suspend(suspended);
  await world.addHistory(healthy, HISTORY_HOURS);
  await world.addHistory(failing, HISTORY_HOURS);
  await publish(platform, healthy, 'open', 1240);
  await publish(platform, failing, 'click', 420);
  await world.healthy.waitForAccepted(1240);
  await world.failing.waitForRequests(1);
  visitor = await world.browser.newPage();
  view = await world.browser.newPage();
  await view.signIn(OPERATOR_NAME, OPERATOR_PASSWORD);
});

afterAll(() => world.stop());

async function openPanel(page: Page, name: 'Verify' | 'Resend'): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
}

/** Each page by the name of its picture: how to get there, and what is to be seen when it is there. */
const PAGES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  clients: async (page) => {
    await page.goto(`${world.origin}/console/`);
    await page.getByText('1 webhook failing').waitFor();
  },
  webhooks: async (page) => {
    await page.goto(`${world.origin}/console/clients/${CLIENT_ID}`);
    await page.getByText('1 failing, 1 suspended, 1 healthy').waitFor();
  },
  healthy: async (page) => {
    await page.goto(`${world.origin}/console/clients/${CLIENT_ID}/webhooks/${healthy.id}`);
    await page.getByRole('cell', { name: 'Delivered' }).first().waitFor();
    await page.locator('canvas').nth(1).waitFor();
  },
  failing: async (page) => {
    await page.goto(`${world.origin}/console/clients/${CLIENT_ID}/webhooks/${failing.id}`);
    await page.getByText('Failed: status 503').first().waitFor();
    await page.getByRole('timer').waitFor();
    await page.locator('canvas').nth(1).waitFor();
  },
  verify: async (page) => {
    await page.goto(`${world.origin}/console/clients/${CLIENT_ID}/webhooks/${failing.id}`);
    await openPanel(page, 'Verify');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Status 503').first().waitFor();
  },
  resend: async (page) => {
    await page.goto(`${world.origin}/console/clients/${CLIENT_ID}/webhooks/${healthy.id}`);
    await openPanel(page, 'Resend');
    await page.getByRole('heading', { name: 'Send events again' }).waitFor();
  },
  create: async (page) => {
    await page.goto(`${world.origin}/console/clients/${CLIENT_ID}/new`);
    await page.getByLabel('Method').selectOption('basicAuth');
    await page.getByLabel('Target URL').fill('ftp://example.com');
    await page.getByRole('button', { name: 'Create webhook' }).click();
    await page.getByText('Not saved').waitFor();
  },
  edit: async (page) => {
    await page.goto(`${world.origin}/console/clients/${CLIENT_ID}/webhooks/${healthy.id}/edit`);
    await page.getByRole('button', { name: 'Save' }).waitFor();
  },
  nowhere: async (page) => {
    await page.goto(`${world.origin}/console/nothing`);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  },
};

async function picture(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.mouse.move(0, 0);
  const { width, height } = (await page.evaluate(
    '({ width: innerWidth, height: document.documentElement.scrollHeight })',
  )) as { width: number; height: number };
  const clip = { x: 0, y: 0, width, height: Math.min(height, MOST_HEIGHT) };
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true, clip });
}

async function checkPage(name: string, shown: ConsolePage): Promise<void> {
  const { page } = shown;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect({ name, colorScheme, barriers: await shown.findBarriers() }).toEqual({
      name,
      colorScheme,
      barriers: [],
    });
    await picture(page, `${name}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  const before = page.viewportSize();
  await page.setViewportSize(PHONE);
  const width = () => page.evaluate('document.documentElement.scrollWidth');
  await waitUntil(async () => (await width()) === PHONE.width, { what: `${name} to fit a phone` });
  expect({ name, barriers: await shown.findBarriers() }).toEqual({ name, barriers: [] });
  await picture(page, `${name}-phone`);
  if (before) await page.setViewportSize(before);
}

describe('every page', () => {
  it('has no barrier in light, dark and on a phone: sign-in', async () => {
    await visitor.open('/console/');
    await visitor.page.getByRole('button', { name: 'Sign in' }).waitFor();
    await checkPage('sign-in', visitor);
  });

  it.each(Object.keys(PAGES))('has no barrier in light, dark and on a phone: %s', async (name) => {
    await PAGES[name]?.(view.page);
    await checkPage(name, view);
  });

  it('asked no other host, and broke no rule of its own', () => {
    for (const { strangers, complaints } of [visitor, view]) {
      expect({ strangers, complaints }).toEqual({ strangers: [], complaints: [] });
    }
  });
});
