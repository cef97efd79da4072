import { describe, expect, it } from '@jest/globals';
import type { Event } from '#libs/domain/event.ts';
import { CommitSize } from './commitSize.ts';

interface Commit {
  readonly chunks: number;
  /** Events in each of them. */
  readonly each: number;
  readonly characters?: number;
}

/** So many packed jobs, and single events, in a commit; and events at hand. */
function after(...commits: readonly Commit[]) {
  const size = new CommitSize();
  for (const { chunks, each, characters = 400 } of commits) {
    const event: Event = { type: 'open', clientId: 1, created: 1, text: 'x'.repeat(characters) };
    size.note(Array.from({ length: chunks }, () => ({ webhookId: 1, events: Array(each).fill(event) })));
  }
  const jobsOf = (events: number) => size.maxWeight / size.weigh(events);
  return { packed: jobsOf(1_000), single: jobsOf(1), maxEvents: size.maxEvents() };
}

const USUAL = { packed: 4, single: 1_000, maxEvents: 8_000 };
const THIN = { packed: 8, single: 1_000, maxEvents: 16_000 };

describe('CommitSize', () => {
  it.each([
    ['at first', [], USUAL],
    ['full chunks', [{ chunks: 40, each: 100 }], USUAL],
    ['events for many webhooks', [{ chunks: 2_000, each: 2 }], THIN],
    ['as many as makes no difference', [{ chunks: 400, each: 10 }], USUAL],
    ['large events for many webhooks', [{ chunks: 2_000, each: 2, characters: 20_000 }], USUAL],
    [
      'full chunks again',
      [
        { chunks: 2_000, each: 2 },
        { chunks: 40, each: 100 },
      ],
      USUAL,
    ],
    ['a few events, which say little', [{ chunks: 300, each: 1 }], USUAL],
    [
      'a few events, which change nothing',
      [
        { chunks: 2_000, each: 2 },
        { chunks: 1, each: 100 },
      ],
      THIN,
    ],
  ])('%s', (_name, commits, expected) => {
    expect(after(...commits)).toEqual(expected);
  });
});
