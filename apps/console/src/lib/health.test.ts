import { describe, expect, it } from '@jest/globals';
import { byHealth, countHealths, healthOf } from './health.ts';

describe('the health of a webhook', () => {
  it.each([
    ['activated', null, 'unknown'],
    ['activated', { nextTry: null }, 'healthy'],
    ['activated', { nextTry: '2026-03-01T12:00:00.000Z' }, 'failing'],
    ['created', { nextTry: null }, 'created'],
    ['deactivated', { nextTry: '2026-03-01T12:00:00.000Z' }, 'deactivated'],
    ['suspended', null, 'suspended'],
  ] as const)('%s, %j: %s', (status, statistics, health) => {
    expect(healthOf({ status }, statistics)).toBe(health);
  });

  it('sorts and counts the worst first', () => {
    const rows = (['healthy', 'failing', 'deactivated', 'healthy'] as const).map((health) => ({ health }));
    expect(byHealth(rows).map(({ health }) => health)).toEqual([
      'failing',
      'healthy',
      'healthy',
      'deactivated',
    ]);
    expect(countHealths(rows)).toBe('1 failing, 2 healthy, 1 deactivated');
  });
});
