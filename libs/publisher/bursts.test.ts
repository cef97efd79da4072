import { describe, expect, it } from '@jest/globals';
import { ClientFlows } from './bursts.ts';
import type { MailEvent } from './mailEvent.ts';

const event = (clientId = 1, type: MailEvent['type'] = 'open'): MailEvent => ({ type, clientId, created: 1 });

/** Flows at a time that the test sets, and how many of `count` events belong to a burst. */
function makeFlows() {
  let now = 0;
  const flows = new ClientFlows(() => now);
  const take = (count: number, one = event()) => {
    const taken = Array.from({ length: count }, () => flows.take(one)).filter((burst) => burst !== null);
    for (const burst of taken) burst.added(job);
    return taken.length;
  };
  const job = { over: false, isOver: async () => job.over };
  const pass = (ms: number) => {
    now += ms;
  };
  return { flows, take, job, pass, settle: () => flows.settle([event()]) };
}

describe('a burst', () => {
  it('begins with what goes beyond 5,000 events at once', () => {
    const { take } = makeFlows();
    expect(take(5_000)).toBe(0);
    expect(take(10)).toBe(10);
  });

  it('does not come of 5,000 events a second, for however long', () => {
    const { take, pass } = makeFlows();
    let burst = 0;
    for (let ms = 0; ms < 60_000; ms += 10) {
      burst += take(50);
      pass(10);
    }
    expect(burst).toBe(0);
  });

  it("is one client's and one type's own", () => {
    const { take } = makeFlows();
    take(6_000);
    expect(take(1, event(2))).toBe(0);
    expect(take(1, event(1, 'click'))).toBe(0);
    expect(take(1)).toBe(1);
  });

  it('ends after a quiet second, when its last job is over', async () => {
    const { take, job, pass, settle } = makeFlows();
    take(6_000);
    job.over = true;
    pass(500);
    await settle();
    expect(take(1)).toBe(1);
    pass(1_001);
    await settle();
    expect(take(1)).toBe(0);
  });

  it('goes on while one of its jobs is not over, or nobody can say', async () => {
    const { take, job, pass, settle } = makeFlows();
    take(6_000);
    pass(10_000);
    await settle();
    expect(take(1)).toBe(1);
    job.isOver = () => Promise.reject(new Error('Redis is away'));
    pass(10_000);
    await settle();
    expect(take(1)).toBe(1);
  });

  it('goes on while an event of it is not in a job', async () => {
    const { flows, take, job, pass, settle } = makeFlows();
    job.over = true;
    take(5_000);
    const burst = flows.take(event());
    pass(10_000);
    await settle();
    expect(take(1)).toBe(1);
    burst?.failed();
    pass(10_000);
    await settle();
    expect(take(1)).toBe(0);
  });

  it('does not end by an answer that comes too late', async () => {
    const { flows, take, job, pass, settle } = makeFlows();
    take(6_000);
    pass(10_000);
    const answer = Promise.withResolvers<boolean>();
    job.isOver = () => answer.promise;
    const settled = settle();
    flows.take(event())?.added({ isOver: async () => false });
    answer.resolve(true);
    await settled;
    expect(take(1)).toBe(1);
  });
});
