import { describe, expect, it } from '@jest/globals';
import { toBatch } from './batch.ts';
import { messageId } from './messageId.ts';
import { unit } from './tests/units.ts';

const batch = (...units: ReturnType<typeof unit>[]) => toBatch('batch', units);
const ONE = messageId(1, batch(unit('1-0', { events: 2 }), unit('2-0')));

describe("a batch's id", () => {
  it('has a form that the specification allows', () => {
    expect(ONE).toMatch(/^msg_[\w-]{27}$/);
  });

  it('stays when the batch is sent again, as whichever attempt', () => {
    expect(messageId(1, batch(unit('1-0', { events: 2, failed: 7 }), unit('2-0', { failed: 1 })))).toBe(ONE);
  });

  it.each([
    ['of another webhook', messageId(2, batch(unit('1-0', { events: 2 }), unit('2-0')))],
    ['of fewer units', messageId(1, batch(unit('1-0', { events: 2 })))],
    ['of other units', messageId(1, batch(unit('1-0', { events: 2 }), unit('3-0')))],
    ['in another order', messageId(1, batch(unit('2-0'), unit('1-0', { events: 2 })))],
    ['with other events', messageId(1, batch(unit('1-0', { clocks: [1_000, 1_001] }), unit('2-0')))],
    [
      'without those that are too old by now',
      messageId(1, batch(unit('1-0', { clocks: [1_000, 9_000], now: 5_000, ttlMs: 2_000 }), unit('2-0'))),
    ],
  ])('is another %s', (_what, id) => {
    expect(id).not.toBe(ONE);
  });
});
