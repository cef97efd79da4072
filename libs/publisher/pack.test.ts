import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Packable, pack } from './pack.ts';
import { EVENT_TYPES, type MailEventType } from './queueNames.ts';

const LIMITS = { jobEvents: 3, jobBytes: 100 };

function item(type: MailEventType, n: number, bytes = 10, burst: object | null = null): Packable {
  return { event: { type, clientId: 1, created: 1, n }, text: '', bytes, burst };
}

function shape(items: readonly Packable[]) {
  return pack(items, LIMITS).map((job) => [job.type, ...job.items.map(({ event }) => event.n)]);
}

describe('pack', () => {
  it.each([
    ['nothing', [], []],
    ['one event', [item('open', 1)], [['open', 1]]],
    [
      'two types, each in its own job',
      [item('open', 1), item('click', 2), item('open', 3)],
      [
        ['open', 1, 3],
        ['click', 2],
      ],
    ],
    [
      'more events than a job takes',
      [1, 2, 3, 4].map((n) => item('open', n)),
      [
        ['open', 1, 2, 3],
        ['open', 4],
      ],
    ],
    [
      'more bytes than a job takes',
      [item('open', 1, 60), item('open', 2, 40), item('open', 3, 1)],
      [
        ['open', 1, 2],
        ['open', 3],
      ],
    ],
    [
      'bursts apart',
      [item('open', 1), item('open', 2, 10, {}), item('open', 3), item('open', 4, 10, {})],
      [
        ['open', 1, 3],
        ['open', 2, 4],
      ],
    ],
    [
      'an event larger than a job may be travels alone',
      [item('open', 1), item('open', 2, 500), item('open', 3)],
      [
        ['open', 1],
        ['open', 2],
        ['open', 3],
      ],
    ],
  ])('%s', (_name, items, expected) => {
    expect(shape(items)).toEqual(expected);
  });

  it('loses nothing, mixes no types, keeps the order of each type and the limits', () => {
    const anyItem = fc
      .tuple(fc.constantFrom(...EVENT_TYPES.slice(0, 3)), fc.integer({ min: 1, max: 150 }))
      .map(([type, bytes]) => item(type, 0, bytes));
    fc.assert(
      fc.property(fc.array(anyItem), (items) => {
        const jobs = pack(items, LIMITS);
        for (const type of EVENT_TYPES) {
          const packed = jobs.filter((job) => job.type === type).flatMap((job) => job.items);
          expect(packed).toEqual(items.filter(({ event }) => event.type === type));
        }
        for (const job of jobs) {
          const bytes = job.items.reduce((sum, each) => sum + each.bytes, 0);
          expect(job.items.length).toBeLessThanOrEqual(LIMITS.jobEvents);
          expect(job.items.length === 1 || bytes <= LIMITS.jobBytes).toBe(true);
        }
      }),
    );
  });
});
