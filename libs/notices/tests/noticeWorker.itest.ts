import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NoticeKind } from '#libs/domain/noticeKind.ts';
import type { LogFields, Logger } from '#libs/logging/logger.ts';
import { createTransmitter } from '#libs/target/transmit.ts';
import { type Customer, startCustomer } from '#libs/testing/customer.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { Notice } from '../notice.ts';
import { NoticeQueue } from '../noticeQueue.ts';
import { NoticeWorker } from '../noticeWorker.ts';
import { openNotices } from './noticesFixture.ts';

const TRIES = 3;
const NOTICE: Notice = {
  kind: 'failing',
  at: 9_000,
  since: 5_000,
  webhookId: 17,
  clientId: 7,
  type: 'open',
  events: 2,
};

let notices: ReturnType<typeof openNotices>;
let queue: NoticeQueue;
let receiver: Customer;
let workers: NoticeWorker[];
let counted: NoticeKind[];
let lines: ({ message: string } & LogFields)[];

beforeEach(async () => {
  notices = openNotices({ notifyAfterMs: 1, suspendAfterMs: 0 });
  queue = new NoticeQueue({ ...notices, tries: { attempts: TRIES, firstPauseMs: 20 } });
  receiver = await startCustomer();
  counted = [];
  lines = [];
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.close(0)));
  await Promise.all([queue.close(), notices.close(), receiver.close()]);
});

function start(url: string | null = receiver.url): void {
  const record = (message: string, fields?: LogFields) => void lines.push({ message, ...fields });
  const logger: Logger = { debug: record, info: record, warn: record, error: record };
  const transmitter = createTransmitter({ policy: { mode: 'development', allow: [] }, version: '0' });
  const parts = { ...notices, logger, onNotice: (kind: NoticeKind) => void counted.push(kind) };
  const worker = new NoticeWorker({ ...parts, receiver: url === null ? null : { url, transmitter } });
  worker.start();
  workers.push(worker);
}

const messages = () => lines.map(({ message }) => message);

describe('a notice', () => {
  it('becomes a log line, a count and a POST, once, with several workers', async () => {
    for (let i = 0; i < 3; i += 1) start();
    await Promise.all([queue.add(NOTICE, 5_000), queue.add(NOTICE, 5_000)]);
    await queue.add(NOTICE, 5_000);
    await queue.add({ ...NOTICE, kind: 'recovered' }, 5_000);
    await waitUntil(() => queue.queue.getCompletedCount().then((count) => count === 2), { what: 'both' });
    expect(counted.toSorted()).toEqual(['failing', 'recovered']);
    expect(messages()).toEqual(['Notice', 'Notice']);
    expect(receiver.requests.map(({ body }) => body)).toEqual([
      expect.objectContaining({ kind: 'failing', webhookId: 17, at: '1970-01-01T00:00:09.000Z' }),
      expect.objectContaining({ kind: 'recovered', text: expect.stringContaining('works again') }),
    ]);
  });

  it('is sent again a few times, and told but once', async () => {
    receiver.script([{ status: 500 }, { instead: 'reset' }, { status: 202 }]);
    start();
    await queue.add(NOTICE, 1);
    await waitUntil(() => queue.queue.getCompletedCount(), { what: 'its end' });
    expect(receiver.requests).toHaveLength(3);
    expect([counted, messages()]).toEqual([['failing'], ['Notice']]);
  });

  it('is given up after the last try, which the log says without its URL', async () => {
    receiver.script(() => ({ status: 403, body: 'jane@example.com' }));
    start(`${receiver.url}?token=secret`);
    await queue.add(NOTICE, 1);
    await waitUntil(() => messages().includes('A notice could not be sent'), { what: 'the line' });
    expect(receiver.requests).toHaveLength(TRIES);
    expect(lines.at(-1)).toMatchObject({ tries: TRIES, reason: 'NOTIFY_URL did not take it: status 403' });
    const [job] = await queue.queue.getFailed();
    expect(JSON.stringify([lines, job?.toJSON()])).not.toMatch(/secret|jane|127\.0\.0\.1/);
  });

  it('does not wait for another whose receiver hangs', async () => {
    receiver.script([{ instead: 'hang' }]);
    start();
    await queue.add(NOTICE, 1);
    await receiver.waitForRequests(1);
    await queue.add({ ...NOTICE, webhookId: 18 }, 1);
    await receiver.waitForRequests(2);
  });

  it('goes nowhere but to the log and the metrics without NOTIFY_URL', async () => {
    start(null);
    await queue.add(NOTICE, 1);
    await waitUntil(() => queue.queue.getCompletedCount(), { what: 'its end' });
    expect([counted, messages(), receiver.requests.length]).toEqual([['failing'], ['Notice'], 0]);
  });
});
