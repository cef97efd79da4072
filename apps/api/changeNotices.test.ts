import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '#libs/logging/logger.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { ChangeNotices } from './changeNotices.ts';

const webhook = { id: 7, clientId: 1, status: 'activated' } as const;

/**
 * Stands in for Redis, because only here the order of the calls, and an answer that comes when the test says so,
 * can be seen. The real parts are in tests/notices.itest.ts.
 */
function record(answer: () => Promise<void> = async () => undefined) {
  const calls: string[] = [];
  const warnings: unknown[] = [];
  const call = (name: string) => async (what: unknown) => {
    calls.push(`${name} ${JSON.stringify(what)}`);
    await answer();
  };
  const notices = new ChangeNotices({
    changes: { announce: call('announce') },
    pending: { wake: call('wake'), drop: call('drop') },
    logger: { ...silentLogger, warn: (_message, fields) => void warnings.push(fields) },
  });
  return { calls, warnings, notices };
}

describe('notices of a change', () => {
  const announced = 'announce {"clientId":1,"webhookId":7}';

  it('announce it first, so that a delivery that is woken sees the new webhook', async () => {
    const { calls, notices } = record();
    await notices.changed(webhook);
    expect(calls).toEqual([announced, 'wake 7']);
  });

  it('wake nothing that is not activated', async () => {
    const { calls, notices } = record();
    await notices.changed({ ...webhook, status: 'deactivated' });
    expect(calls).toEqual([announced]);
  });

  it('drop what waits for a webhook that is gone', async () => {
    const { calls, notices } = record();
    await notices.removed(webhook);
    expect(calls).toEqual([announced, 'drop 7']);
  });

  it('are over before the caller gets an answer', async () => {
    const answer = Promise.withResolvers<void>();
    const { notices } = record(() => answer.promise);
    const changed = notices.changed(webhook).then(() => 'over');
    const soon = new Promise((resolve) => setImmediate(resolve, 'not yet'));
    expect(await Promise.race([changed, soon])).toBe('not yet');
    answer.resolve();
    expect(await changed).toBe('over');
  });

  it('that fail cost a warning and nothing else, and are given as soon as they can be', async () => {
    let away = true;
    const { calls, warnings, notices } = record(async () => {
      if (away) throw new Error('Redis is away');
    });
    await notices.changed(webhook);
    expect(warnings).toEqual([{ webhookId: 7, reason: 'Redis is away' }]);
    expect(new Set(calls)).toEqual(new Set([announced]));
    away = false;
    await waitUntil(() => calls.includes('wake 7'), { what: 'the notice is given' });
  });

  it('are given before the answer when Redis comes back at once', async () => {
    let failures = 3;
    const { calls, warnings, notices } = record(async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('Redis is away');
    });
    await notices.changed(webhook);
    expect(calls.slice(-2)).toEqual([announced, 'wake 7']);
    expect(warnings).toEqual([]);
  });

  it('that never come back cost a warning and nothing else', async () => {
    const { warnings, notices } = record(() => new Promise(() => undefined));
    await notices.removed(webhook);
    expect(warnings).toEqual([{ webhookId: 7, reason: expect.stringContaining('no answer within') }]);
  });
});
