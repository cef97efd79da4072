import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl } from './redisUrl.ts';

const node = (host: string, port: number) => ({ host, port });

describe('a Redis URL', () => {
  it.each([
    ['redis://127.0.0.1:6379/0', { kind: 'server' }],
    ['rediss://user:word@host', { kind: 'server' }],
    ['redis+cluster://a:7000,b:7001', { kind: 'cluster', nodes: [node('a', 7000), node('b', 7001)] }],
    ['redis+cluster://a/0', { kind: 'cluster', nodes: [node('a', 6379)], options: {} }],
    ['redis-cluster://[::1]:7000', { kind: 'cluster', nodes: [node('::1', 7000)] }],
    [
      'rediss+cluster://us%40er:pass%2Fword@a',
      { kind: 'cluster', options: { username: 'us@er', password: 'pass/word', tls: {} } },
    ],
    [
      'redis+sentinel://a,b:26380/events',
      {
        kind: 'sentinel',
        options: { name: 'events', db: 0, sentinels: [node('a', 26379), node('b', 26380)] },
      },
    ],
    [
      'rediss+sentinel://:word@a/events/2?sentinelPassword=other',
      {
        kind: 'sentinel',
        options: {
          password: 'word',
          sentinelPassword: 'other',
          db: 2,
          tls: {},
          enableTLSForSentinelMode: true,
        },
      },
    ],
  ])('%s', (url, expected) => {
    expect(parseRedisUrl(url)).toMatchObject(expected);
  });

  it.each([
    ['another scheme', 'http://secret@a'],
    ['no host', 'redis+cluster://secret@'],
    ['an empty host', 'redis+cluster://secret@a,,b'],
    ['a port that is none', 'redis+cluster://secret@a:70000'],
    ['another database of a cluster', 'redis+cluster://secret@a/1'],
    ['Sentinels without a name', 'redis+sentinel://secret@a'],
    ['a password that is not encoded', 'redis+cluster://x:secret%@a'],
  ])('%s is refused, and not shown', (_what, url) => {
    expect(() => parseRedisUrl(url)).toThrow(/^must be redis:(?!.*secret)/);
  });
});
