import { describe, expect, it } from '@jest/globals';
import { lookFromMs, nextChange, type Seen } from './nextChange.ts';

const TIMES = { notifyAfterMs: 100, suspendAfterMs: 1_000 };
const NOW = 10_000;

function seen(more: Partial<Seen> & { readonly failedForMs: number }): Seen {
  const { failedForMs, ...fields } = more;
  return {
    since: NOW - failedForMs,
    noticed: false,
    pending: 5,
    status: 'activated',
    modified: 0,
    ...fields,
  };
}

describe('what follows from it that a webhook fails', () => {
  it.each([
    [seen({ failedForMs: 99 }), 'none'],
    [seen({ failedForMs: 100 }), 'tellFailing'],
    [seen({ failedForMs: 100, noticed: true }), 'none'],
    [seen({ failedForMs: 999, noticed: true }), 'none'],
    [seen({ failedForMs: 1_000, noticed: true }), 'suspend'],
    [seen({ failedForMs: 1_000 }), 'suspend'],
    [seen({ failedForMs: 1_000, pending: 0 }), 'rest'],
    [seen({ failedForMs: 1_000, status: 'deactivated' }), 'forget'],
    [seen({ failedForMs: 1_000, status: null }), 'forget'],
    [seen({ failedForMs: 1_000, status: 'suspended', modified: NOW - 10 }), 'tellSuspended'],
    // What was under way when it was suspended failed later.
    [seen({ failedForMs: 5, status: 'suspended', modified: NOW - 10 }), 'forget'],
  ] as const)('%j → %s', (webhook, change) => {
    expect(nextChange(webhook, NOW, TIMES)).toBe(change);
  });

  it('is never that it is suspended, where that is off', () => {
    const off = { notifyAfterMs: 100, suspendAfterMs: 0 };
    expect(nextChange(seen({ failedForMs: 9_999, noticed: true }), NOW, off)).toBe('none');
    expect([lookFromMs(off), lookFromMs(TIMES), lookFromMs({ ...TIMES, suspendAfterMs: 50 })]).toEqual([
      100, 100, 50,
    ]);
  });
});
