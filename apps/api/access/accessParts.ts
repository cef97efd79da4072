import { hkdfSync } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { Config } from '#libs/config/loadConfig.ts';
import { ApiUserStore } from '#libs/store/apiUserStore.ts';
import type { Database } from '#libs/store/database.ts';
import { ConfiguredCredentials } from './configuredCredentials.ts';
import { createLimiter, type Limiter, NO_LIMIT } from './limiter.ts';
import { Logins } from './logins.ts';
import { Sessions } from './sessions.ts';

export interface AccessParts {
  readonly logins: Logins;
  readonly sessions: Sessions;
  readonly perUser: Limiter;
  readonly perAddress: Limiter;
  readonly trustedProxies: readonly string[];
}

/** Short, so that whoever is over the limit may go on soon; long enough for a burst. */
const WINDOW_S = 10;
const MS_PER_S = 1000;

/** What decides who may ask, and how much. */
export function createAccess(parts: {
  config: Config;
  database: Database;
  redis: Redis | Cluster;
}): AccessParts {
  const { config, database, redis } = parts;
  const { limits, queuePrefix } = config;
  const limiter = (name: string, most: number, windowS: number) =>
    createLimiter({ redis, prefix: `${queuePrefix}:limit:${name}`, most, windowS });
  const requests = (name: string, perSecond: number) =>
    perSecond === 0 ? NO_LIMIT : limiter(name, perSecond * WINDOW_S, WINDOW_S);
  const [encryptionKey] = config.encryptionKeys;
  const proofKey = derive(encryptionKey, 'proofs of credentials');
  return {
    logins: new Logins({
      configured: new ConfiguredCredentials(config.apiCredentials, proofKey),
      proofKey,
      users: new ApiUserStore({ database, now: () => new Date() }),
      failures: limiter('login', limits.loginFailures, Math.ceil(limits.loginLockMs / MS_PER_S)),
    }),
    sessions: new Sessions({
      redis,
      prefix: `${queuePrefix}:session:`,
      keys: config.encryptionKeys.map((key) => derive(key, 'session cookies').toString('base64')),
      lifetimeMs: config.sessionLifetimeMs,
    }),
    perUser: requests('user', limits.requestsPerSecondPerUser),
    perAddress: requests('address', limits.requestsPerSecondPerAddress),
    trustedProxies: config.trustedProxies,
  };
}

/** A key for one use only, the same in all API processes. */
function derive(encryptionKey: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', encryptionKey, '', `postrider api: ${use}`, 32));
}
