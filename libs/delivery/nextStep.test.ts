import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Outcome } from '#libs/domain/outcome.ts';
import {
  CLOCK_TOLERANCE_MS,
  isDue,
  MAX_PROBE_SKIP,
  mayTakeApart,
  nextStep,
  probeNumber,
  retryDelayMs,
  windowSize,
} from './nextStep.ts';

const FIXED = { retryIntervalMs: 10_000, retryMaxIntervalMs: 10_000 };
const BACKOFF = { retryIntervalMs: 10_000, retryMaxIntervalMs: 3_600_000 };
const NOW = 1_000_000;

const accepted: Outcome = { kind: 'accepted', httpStatusCode: 200, responseBody: '', durationMs: 1 };
const unreachable: Outcome = { kind: 'unreachable', error: 'timeout', message: '', durationMs: 1 };
const blocked: Outcome = { kind: 'blocked', message: '', durationMs: 1 };
const refused = (retryAfterMs?: number): Outcome => ({
  kind: 'refused',
  httpStatusCode: 503,
  responseBody: '',
  durationMs: 1,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

const failUntil = (dueAt: number) => ({ kind: 'fail', dueAt });
const postponeUntil = (dueAt: number) => ({ kind: 'postpone', dueAt });
const settle = (recover: boolean) => ({ kind: 'settle', recover });

describe('what follows from a transmission', () => {
  it.each([
    ['deliveries', 'batch', accepted, settle(false)],
    ['deliveries', 'part', accepted, settle(false)],
    ['retries', 'batch', accepted, settle(true)],
    ['retries', 'part', accepted, settle(true)],

    ['deliveries', 'batch', refused(), failUntil(NOW + 10_000)],
    ['deliveries', 'batch', unreachable, failUntil(NOW + 10_000)],
    ['deliveries', 'batch', blocked, failUntil(NOW + 10_000)],
    ['retries', 'batch', refused(), failUntil(NOW + 10_000)],
    ['retries', 'batch', unreachable, failUntil(NOW + 10_000)],
    ['retries', 'batch', blocked, failUntil(NOW + 10_000)],

    // A part that is refused says nothing about the target, where it lives; that no answer came does.
    ['deliveries', 'part', refused(), postponeUntil(NOW + 10_000)],
    ['deliveries', 'part', unreachable, failUntil(NOW + 10_000)],
    ['deliveries', 'part', blocked, failUntil(NOW + 10_000)],
    ['retries', 'part', refused(), failUntil(NOW + 10_000)],
    ['retries', 'part', unreachable, failUntil(NOW + 10_000)],
    ['retries', 'part', blocked, failUntil(NOW + 10_000)],
  ] as const)('lane %s, %s, %j', (lane, source, outcome, step) => {
    for (const failures of [0, 1, 25_920]) {
      expect(nextStep({ lane, source, failures }, outcome, { now: NOW, random: 0.5 }, FIXED)).toEqual(step);
    }
  });
});

describe('the interval between two tries', () => {
  it.each([
    ['the fixed one by default, whatever failed and how often', 3, refused(60_000), 0.9, FIXED, 10_000],
    ['with back-off, the first waits the interval at least', 0, unreachable, 0, BACKOFF, 10_000],
    ['the first at most doubles nothing', 0, unreachable, 0.999999, BACKOFF, 10_000],
    ['doubled, the shortest', 3, unreachable, 0, BACKOFF, 40_000],
    ['doubled, the longest', 3, unreachable, 0.999999, BACKOFF, 80_000],
    ['never above the bound', 25_920, unreachable, 1 - Number.EPSILON, BACKOFF, 3_600_000],
    ['at the bound there is still jitter', 25_920, unreachable, 0, BACKOFF, 1_800_000],
    ['Retry-After above it is honoured', 0, refused(120_000), 0, BACKOFF, 120_000],
    ['Retry-After below it is not: the interval is the least', 3, refused(1_000), 0, BACKOFF, 40_000],
    ['Retry-After above the bound is cut', 0, refused(86_400_000), 0, BACKOFF, 3_600_000],
  ])('%s', (_, failures, outcome, random, policy, expected) => {
    expect(retryDelayMs(failures, outcome, random, policy)).toBe(expected);
  });

  it('is a whole number between the two bounds, always', () => {
    const outcome = fc.oneof(fc.constant(unreachable), fc.nat(100_000_000).map(refused));
    const policy = fc
      .tuple(fc.integer({ min: 1, max: 1e6 }), fc.nat(1e9))
      .map(([least, more]) => ({ retryIntervalMs: least, retryMaxIntervalMs: least + more }));
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(100_000), outcome, random, policy, (failures, what, dice, bounds) => {
        const delay = retryDelayMs(failures, what, dice, bounds);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(bounds.retryIntervalMs);
        expect(delay).toBeLessThanOrEqual(bounds.retryMaxIntervalMs);
      }),
    );
  });
});

describe('where the next try looks', () => {
  it('repeats the head first, then goes on with a probe with every second try, and begins anew', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map(probeNumber)).toEqual([0, 0, 1, 0, 2, 0, 3, 0, 4]);
    const round = 2 * MAX_PROBE_SKIP;
    expect([2 * round, 2 * round + 1, 2 * round + 2].map(probeNumber)).toEqual([round, 0, 1]);
    expect([2 * round, 2 * round + 2].map(mayTakeApart)).toEqual([true, false]);
  });

  it.each([
    [0, 100, 1],
    [5_000, 100, 1],
    [5_001, 100, 4],
    [1_000_000, 100, 4],
    [51, 1, 4],
  ])('%i pending events in batches of %i: %i in flight at once', (pending, batchSize, window) => {
    expect(windowSize(pending, batchSize)).toBe(window);
  });
});

describe('what was put off', () => {
  it.each([
    ['before its time', NOW + 1, false],
    ['at its time', NOW, true],
    ['later', NOW - 5_000, true],
    ['when the longest wait has just begun, and another worker is a little ahead', NOW + 40_000, false],
    ['further ahead than any wait: the clock was set back', NOW + 10_001 + CLOCK_TOLERANCE_MS, true],
  ])('%s', (_name, at, due) => {
    expect(isDue(at, NOW, 10_000)).toBe(due);
  });
});
