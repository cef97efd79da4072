import { describe, expect, it } from '@jest/globals';
import { type Notice, noticeBody, noticeId, noticeText, parseNotice } from './notice.ts';

const HOUR_MS = 3_600_000;
const NOTICE: Notice = {
  kind: 'failing',
  at: Date.UTC(2026, 0, 2, 12),
  since: Date.UTC(2026, 0, 2, 9),
  webhookId: 17,
  clientId: 7,
  type: 'click',
  lastError: 'status 503',
  events: 250,
};

describe('a notice', () => {
  it.each([
    [
      NOTICE,
      'Webhook 17 of client 7 (click) has failed for 3 hours. 250 events wait. Last error: status 503.',
    ],
    [
      { ...NOTICE, kind: 'recovered', at: NOTICE.at + 72 * HOUR_MS },
      'Webhook 17 of client 7 (click) works again, after 3 days. 250 events wait.',
    ],
    [
      { ...NOTICE, kind: 'suspended' },
      'Webhook 17 of client 7 (click) was suspended, because it had failed for 3 hours. 250 events wait. ' +
        'Last error: status 503.',
    ],
    [
      { ...NOTICE, kind: 'discarding', lastError: '' },
      'Webhook 17 of client 7 (click) loses events: their time is over (250 so far).',
    ],
  ] satisfies [Notice, string][])('says what has happened: %j', (notice, text) => {
    expect(noticeText(notice)).toBe(text);
  });

  it('is sent with times that a person reads, and a text that chat systems show', () => {
    expect(JSON.parse(noticeBody(NOTICE))).toEqual({
      ...NOTICE,
      at: '2026-01-02T12:00:00.000Z',
      since: '2026-01-02T09:00:00.000Z',
      text: noticeText(NOTICE),
    });
  });

  it('has one id for one change', () => {
    expect(noticeId(NOTICE, 5)).toBe('failing-17-5');
  });

  it('is read from a job only as what it is', () => {
    expect(parseNotice(JSON.parse(JSON.stringify(NOTICE)))).toEqual(NOTICE);
    for (const wrong of [
      null,
      {},
      { ...NOTICE, kind: 'other' },
      { ...NOTICE, targetUrl: 'https://x.example' },
    ]) {
      expect(() => parseNotice(wrong)).toThrow();
    }
  });
});
