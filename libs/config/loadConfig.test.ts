import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig, summarize } from './loadConfig.ts';

const KEY = Buffer.alloc(32, 1).toString('base64');
const OLDER_KEY = Buffer.alloc(32, 2).toString('base64');
const REQUIRED = {
  DATABASE_URL: 'mysql://user:word@localhost/postrider',
  REDIS_URL: 'redis://localhost:6379/0',
  ENCRYPTION_KEY: KEY,
  API_CREDENTIALS: 'operator:secret@*',
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('loadConfig', () => {
  it("has the contract's defaults", () => {
    expect(loadConfig(REQUIRED)).toMatchObject({
      port: 3000,
      workerPort: 3001,
      targetPolicy: 'strict',
      retryIntervalMs: 10_000,
      retryMaxIntervalMs: 10_000,
      eventTtlMs: 259_200_000,
      batchSize: 100,
      deliveryTimeoutMs: 30_000,
      webhooksPerClient: 50,
    });
  });

  it('takes RETRY_INTERVAL_MS as the longest interval unless told otherwise', () => {
    expect(loadConfig({ ...REQUIRED, RETRY_INTERVAL_MS: '500' }).retryMaxIntervalMs).toBe(500);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(loadConfig(REQUIRED))).toBe(true);
  });

  it('takes an empty value as not set', () => {
    expect(loadConfig({ ...REQUIRED, PORT: '' }).port).toBe(3000);
  });

  it('lists every problem at once', () => {
    const problems = problemsOf({
      ...REQUIRED,
      PORT: 'x',
      BATCH_SIZE: '101',
      REDIS_URL: 'http://x',
      LOG_LEVEL: 'all',
    });
    expect(problems.map((line) => line.split(/[ =]/)[0]).sort()).toEqual([
      'BATCH_SIZE',
      'LOG_LEVEL',
      'PORT',
      'REDIS_URL',
    ]);
  });

  it('names the wrong value and what is allowed', () => {
    expect(problemsOf({ ...REQUIRED, BATCH_SIZE: '101' })).toEqual([
      expect.stringMatching(/^BATCH_SIZE="101" must be less than or equal to 100/),
    ]);
  });

  it('never shows a secret', () => {
    const problems = problemsOf({ ...REQUIRED, ENCRYPTION_KEY: 'hunter2', API_CREDENTIALS: 'hunter3' });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toMatch(/hunter/);
    expect(JSON.stringify(summarize(REQUIRED))).not.toMatch(/secret|word|AQEB/);
  });

  it('takes older keys after the current one', () => {
    const { encryptionKeys } = loadConfig({ ...REQUIRED, ENCRYPTION_KEY: `${KEY},${OLDER_KEY}` });
    expect(encryptionKeys.map((key) => key[0])).toEqual([1, 2]);
  });

  it.each([
    ['a:b@1', { user: 'a', password: 'b', clientId: 1 }],
    ['a:b@*', { user: 'a', password: 'b', clientId: null }],
    ['a:b:c@d@12', { user: 'a', password: 'b:c@d', clientId: 12 }],
  ])('reads the credential %s', (text, credential) => {
    expect(loadConfig({ ...REQUIRED, API_CREDENTIALS: text }).apiCredentials).toEqual([credential]);
  });

  it.each([
    ['TARGET_ALLOW', '10.0.0.1'],
    ['TARGET_ALLOW', '10.0.0.0/33'],
    ['TARGET_ALLOW', '10.0.0.0/8,'],
    ['TARGET_ALLOW', '10.1/16'],
    ['TARGET_ALLOW', 'fd00::/8/1'],
    ['TRUSTED_PROXIES', 'loopback'],
    ['PUBLIC_EGRESS_ADDRESSES', 'proxy.example.com'],
    ['EGRESS_ADDRESS', 'fe80::1%eth0'],
    ['EGRESS_ADDRESS', '127.0.0.1,127.0.0.2'],
    ['EGRESS_PROXY', 'socks5://127.0.0.1'],
    ['RATE_LIMIT_PER_USER', '-1'],
    ['LOGIN_LOCK_MS', '10'],
  ])('refuses %s=%s', (name, value) => {
    expect(problemsOf({ ...REQUIRED, [name]: value })).toEqual([expect.stringContaining(name)]);
  });

  it('takes lists with spaces, and ranges of both kinds', () => {
    const config = loadConfig({
      ...REQUIRED,
      TARGET_ALLOW: '10.1.0.0/16, fd00::/8',
      TRUSTED_PROXIES: '10.0.0.1,::1',
      PUBLIC_EGRESS_ADDRESSES: '203.0.113.7',
      EGRESS_PROXY: 'http://user:word@proxy:3128',
    });
    expect(config).toMatchObject({
      targetAllow: ['10.1.0.0/16', 'fd00::/8'],
      trustedProxies: ['10.0.0.1', '::1'],
      publicEgressAddresses: ['203.0.113.7'],
      egress: { proxy: 'http://user:word@proxy:3128' },
    });
    expect(loadConfig(REQUIRED)).toMatchObject({ targetAllow: [], publicEgressAddresses: [], egress: {} });
  });

  it('takes a proxy or an address, not both, and shows no password of the proxy', () => {
    const both = { EGRESS_ADDRESS: '127.0.0.1', EGRESS_PROXY: 'http://user:hunter2@proxy:3128' };
    const problems = problemsOf({ ...REQUIRED, ...both });
    expect(problems).toEqual([expect.stringMatching(/^EGRESS_PROXY and EGRESS_ADDRESS exclude each other/)]);
    expect(problems.join()).not.toContain('hunter2');
  });
});
