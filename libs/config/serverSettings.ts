import Joi from 'joi';
import type { Setting } from './setting.ts';
import { redisUrl, url } from './settingRules.ts';

/** Where the servers are that keep everything. */
export const SERVER_SETTINGS: readonly Setting[] = [
  {
    name: 'DATABASE_URL',
    schema: url('mysql', 'mariadb').required(),
    example: 'mysql://postrider:secret@127.0.0.1:3306/postrider',
    about: 'MySQL 8.4 or MariaDB 10.11+, which hold the webhooks.',
    secret: true,
  },
  {
    name: 'REDIS_URL',
    schema: redisUrl().required(),
    example: 'redis://127.0.0.1:6379/0',
    about:
      'Redis 7+ with AOF and noeviction: redis://…, redis+cluster://host1,host2 or redis+sentinel://host1,host2/name.',
    secret: true,
  },
  {
    name: 'REDIS_MIN_REPLICAS',
    schema: Joi.number().integer().min(0).max(5).default(0),
    example: '0',
    about:
      'So many replicas of Redis must have an event before it counts as taken. 0: Redis itself is enough.',
  },
];
