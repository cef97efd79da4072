import { describe, expect, it } from '@jest/globals';
import { durationMs, type Fault, isCrash } from './faults.ts';
import { planFaults } from './schedule.ts';

const SHORT_MS = 85_000;
const LONG_MS = 565_000;
const plan = (seed: number, loadMs: number) => planFaults({ seed, loadMs, workers: 3 });
const all = (seed: number, loadMs: number) => plan(seed, loadMs).flatMap(({ faults }) => faults);

const KINDS: readonly Fault['kind'][] = [
  'killWorker',
  'killAllWorkers',
  'pauseWorker',
  'cutWorkerOff',
  'forgetConnections',
  'rollWorkers',
  'killWorkerOfWebhook',
  'killRedis',
  'pauseRedis',
  'cutRedisOff',
  'resetRedisConnections',
  'killMysql',
  'pauseMysql',
  'killApi',
  'killProducer',
  'killReceiver',
  'pauseReceiver',
  'deactivate',
  'retarget',
];

describe('the schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(plan(7, SHORT_MS)).toEqual(plan(7, SHORT_MS));
    expect(plan(7, SHORT_MS)).not.toEqual(plan(8, SHORT_MS));
  });

  it.each([1, 2, 3, 4, 5])('has every kind of fault in the short run of seed %d', (seed) => {
    const kinds = new Set(all(seed, SHORT_MS).map(({ fault }) => fault.kind));
    expect([...kinds].toSorted()).toEqual(KINDS.toSorted());
  });

  it.each([1, 2, 3, 4, 5])('leaves time after the last fault of seed %d', (seed) => {
    const ends = all(seed, SHORT_MS).map(({ atMs, fault }) => atMs + durationMs(fault));
    expect(Math.max(...ends)).toBeLessThan(SHORT_MS);
  });

  it('cuts Redis off for 3 and 10 seconds, in a long run for 60 too', () => {
    const cuts = (loadMs: number) =>
      all(1, loadMs).flatMap(({ fault }) => (fault.kind === 'cutRedisOff' ? [fault.forMs] : []));
    expect(cuts(SHORT_MS)).toEqual(expect.arrayContaining([3_000, 10_000]));
    expect(cuts(LONG_MS)).toEqual(expect.arrayContaining([3_000, 10_000, 60_000]));
  });

  it('has the worker of one webhook killed at least 3 times in a row', () => {
    const times = all(1, SHORT_MS).flatMap(({ fault }) =>
      fault.kind === 'killWorkerOfWebhook' ? [fault.times] : [],
    );
    expect(Math.min(...times)).toBeGreaterThanOrEqual(3);
  });

  it.each([1, 2, 3])(
    'has 400 faults and more in ten minutes (seed %d), half of them not changes of webhooks',
    (seed) => {
      const faults = all(seed, LONG_MS);
      const isChange = ({ kind }: Fault) => kind === 'deactivate' || kind === 'retarget';
      expect(faults.length).toBeGreaterThanOrEqual(400);
      expect(faults.filter(({ fault }) => !isChange(fault)).length).toBeGreaterThanOrEqual(200);
    },
  );

  it('excuses a lower attempt only after what can make one', () => {
    expect(isCrash({ kind: 'killWorker', worker: 0 })).toBe(true);
    expect(isCrash({ kind: 'killApi' })).toBe(false);
  });
});
