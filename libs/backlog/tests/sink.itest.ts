import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Event, parseEvent } from '#libs/domain/event.ts';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { jsonOfAttempt } from '../chunk.ts';
import { PendingEvents } from '../pendingEvents.ts';
import { BacklogSink } from '../sink.ts';
import { openBacklog, owned } from './backlogFixture.ts';

let fixture: ReturnType<typeof openBacklog>;
let sink: BacklogSink;
let webhookId = 0;
beforeAll(() => {
  fixture = openBacklog({ shards: 2 });
  sink = new BacklogSink(fixture);
});
beforeEach(() => {
  webhookId += 1;
});
afterAll(() => fixture.close());

const events = (count: number): Event[] =>
  makeEvents(count).map((event) => {
    const parsed = parseEvent(event, event.type);
    if (!parsed.ok) throw new Error(parsed.reason);
    return parsed.event;
  });
const append = (wakeAlways = false, by = sink) =>
  by.append([{ webhookId, events: events(3) }], { wakeAlways });

/** The jobs of all webhooks, `id` or `id in 60000 ms`, by lane; and none of them any more. */
async function takeJobs(lane: string): Promise<string[]> {
  const queues = fixture.waker.queues.filter(({ name }) => name === lane);
  const jobs = (await Promise.all(queues.map((queue) => queue.getJobs(['wait', 'delayed'])))).flat();
  for (const queue of queues) await queue.obliterate();
  return jobs.map(({ data, delay }) => `${data.webhookId}${delay ? ` in ${delay} ms` : ''}`).toSorted();
}

describe('what the router hands over', () => {
  it('is in the backlogs, in order, and its deliveries are awake', async () => {
    const routed = [1, 2, 1].map((offset) => ({ webhookId: 100 + offset, events: events(2) }));
    await sink.append(routed, { wakeAlways: false });
    const [first, , third] = routed;
    const { units } = await fixture.contents(101);
    expect(units.map(({ chunk }) => jsonOfAttempt(chunk, 1).toString())).toEqual(
      [first, third].map((each) => each?.events.map(({ text }) => `${text},"attempt":1}`).join(',\n')),
    );
    expect(units[0]?.chunk.clocks).toEqual(first?.events.map(({ created }) => created));
    expect(await takeJobs('deliveries')).toEqual(['101', '102']);
  });

  it('wakes once for each sleep, as does whoever else finds it; later only after what may have been a crash', async () => {
    await append();
    expect(await takeJobs('deliveries')).toEqual([`${webhookId}`]);
    await append();
    expect(await takeJobs('deliveries')).toEqual([]);
    await append(false, new BacklogSink(fixture));
    expect(await takeJobs('deliveries')).toEqual([`${webhookId}`]);
    await fixture.backlog.begin(webhookId, { lane: 'deliveries', run: 'run' });
    await append();
    expect(await takeJobs('deliveries')).toEqual([]);
    await append(true);
    expect(await takeJobs('deliveries')).toEqual([`${webhookId}`]);
  });

  it('wakes again when a wake-up failed, came to nothing for long, or may have been forgotten', async () => {
    let fails = true;
    const wake: typeof fixture.waker.wake = async (wakes) => {
      if (fails) throw new Error('away');
      await fixture.waker.wake(wakes);
    };
    const other = new BacklogSink({ backlog: fixture.backlog, waker: { wake }, wokenMs: 1_000 });
    await expect(append(false, other)).rejects.toThrow('away');
    fails = false;
    await append(false, other);
    expect(await takeJobs('deliveries')).toEqual([`${webhookId}`]);
    await sleep(1_100);
    await append(false, other);
    expect(await takeJobs('deliveries')).toEqual([`${webhookId}`]);
    await append(false, other);
    expect(await takeJobs('deliveries')).toEqual([]);
    other.doubt();
    await append(false, other);
    expect(await takeJobs('deliveries')).toEqual([`${webhookId}`]);
  });

  it('knows one sleep from the next', async () => {
    await append();
    await fixture.backlog.begin(webhookId, { lane: 'deliveries', run: 'run' });
    const read = owned(await fixture.backlog.read(webhookId, 'run', null, 9));
    await fixture.backlog.settle(webhookId, read, { delivered: true });
    await takeJobs('deliveries');
    await append();
    expect(await takeJobs('deliveries')).toEqual([`${webhookId}`]);
  });

  it('wakes in the lane of the webhook', async () => {
    await append();
    await fixture.backlog.begin(webhookId, { lane: 'deliveries', run: 'run' });
    const read = owned(await fixture.backlog.read(webhookId, 'run', null, 9));
    await fixture.backlog.fail(webhookId, 'run', read, { now: 1, nextTryAt: 2, answered: true, error: '' });
    await takeJobs('deliveries');
    await append(true);
    expect([await takeJobs('deliveries'), await takeJobs('retries')]).toEqual([[], [`${webhookId}`]]);
  });

  it('may be nothing', async () => {
    await sink.append([], { wakeAlways: true });
    await sink.append([{ webhookId, events: [] }], { wakeAlways: true });
    expect(await takeJobs('deliveries')).toEqual([]);
  });
});

describe('a change by hand', () => {
  it('ends the wait of what waits, and wakes nobody for nothing', async () => {
    const changed = new PendingEvents(fixture);
    await changed.wake(webhookId);
    expect(await takeJobs('deliveries')).toEqual([]);
    await append();
    await takeJobs('deliveries');
    await fixture.waker.wake([{ webhookId, lane: 'deliveries', delayMs: 60_000 }]);
    await changed.wake(webhookId);
    expect(await takeJobs('deliveries')).toEqual([`${webhookId}`]);
    expect(await changed.drop(webhookId)).toBe(3);
    await changed.wake(webhookId);
    expect(await takeJobs('deliveries')).toEqual([]);
  });
});
