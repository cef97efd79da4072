import { createConnection } from 'mysql2/promise';
import { LogStore } from '#libs/deliveryLog/logStore.ts';
import { type Growth, measureOf, measureOfDuration } from '#libs/deliveryLog/statistics.ts';
import { hourOf } from '#libs/deliveryLog/transmissionId.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import { Database } from '#libs/store/database.ts';
import type { Customer } from '#libs/testing/customer.ts';
import { makeEvents } from '#libs/testing/fixtures.ts';
import type { WebhookRef } from '../adminClient.ts';
import { type Platform, startPlatform } from '../platform.ts';
import { OPERATOR } from '../settings.ts';
import { ConsoleBrowser } from './browser.ts';

export const CLIENT_ID = 123456789001;
export const OTHER_CLIENT_ID = 123456789002;
export const ANNA = { user: 'anna', password: 'anna-password' };
export const [OPERATOR_NAME = '', OPERATOR_PASSWORD = ''] = OPERATOR.split(':');

/** A platform with customers, and a browser to look at its console with. */
export interface World {
  readonly platform: Platform;
  readonly browser: ConsoleBrowser;
  readonly origin: string;
  /** Takes everything. */
  readonly healthy: Customer;
  /** Refuses everything. */
  readonly failing: Customer;
  create(clientId: number, type: EventType, customer: Customer): Promise<WebhookRef>;
  /** The hours before this one, as if they had been counted. */
  addHistory(webhook: WebhookRef, hours: number): Promise<void>;
  /** As if nothing but failures had come for very long. */
  suspend(webhook: WebhookRef): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(settings: Readonly<Record<string, string>> = {}): Promise<World> {
  const users = [
    `${OPERATOR}@*`,
    `anna:anna-password@${CLIENT_ID}`,
    `bernd:bernd-password@${OTHER_CLIENT_ID}`,
  ];
  const platform = await startPlatform({ API_CREDENTIALS: users.join(','), ...settings });
  const origin = `http://127.0.0.1:${platform.apiPort}`;
  const browser = await ConsoleBrowser.start(origin);
  const { databaseUrl } = platform.config;
  return {
    platform,
    browser,
    origin,
    healthy: await platform.customer(() => ({ body: '{"status":"ok"}' })),
    failing: await platform.customer(() => ({ status: 503, body: 'Service Unavailable: try again later' })),
    create: (clientId, type, customer) => platform.api.create(clientId, { type, targetUrl: customer.url }),
    async addHistory({ id }, hours) {
      const database = new Database({ databaseUrl });
      const store = new LogStore({ database, clock: Date.now });
      await store.write({ number: 1, records: [], growths: pastHours(id, hours) });
      await database.close();
    },
    async suspend({ id }) {
      const connection = await createConnection(databaseUrl);
      await connection.query("UPDATE webhook SET status = 'suspended' WHERE id = ?", [id]);
      await connection.end();
    },
    async stop() {
      await browser.close();
      await platform.stop();
    },
  };
}

/** A day that swells and ebbs, with one bad hour in it. */
function pastHours(webhookId: number, hours: number): Growth[] {
  const thisHour = hourOf(Date.now());
  return Array.from({ length: hours }, (_, index) => {
    const hour = thisHour - 1 - index;
    const delivered = Math.round(
      5200 + 4200 * Math.sin((hour / 24) * 2 * Math.PI) + ((index * 37) % 11) * 90,
    );
    const failed = index === 6 ? 2600 : index === 7 ? 900 : 0;
    const grow = (measure: number, amount: number): Growth => ({ hour, webhookId, measure, amount });
    return [
      grow(measureOf('received'), delivered + (index === 6 ? 300 : 0)),
      grow(measureOf('delivered'), delivered),
      grow(measureOf('failed'), failed),
      grow(measureOfDuration(60 + ((index * 13) % 40)), 95),
      grow(measureOfDuration(index === 6 ? 2400 : 240 + ((index * 29) % 160)), 8),
    ];
  }).flat();
}

/** Publishes so many events of a webhook, and returns them. */
export async function publish(platform: Platform, { clientId }: WebhookRef, type: EventType, count: number) {
  const events = makeEvents(count, { clientId, type });
  await platform.publisher.publish(events);
  return events;
}
