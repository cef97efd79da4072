import Joi from 'joi';
import { KEEPING_SETTINGS } from './keepingSettings.ts';
import { NOTICE_SETTINGS } from './noticeSettings.ts';
import { OBSERVING_SETTINGS } from './observingSettings.ts';
import { SERVER_SETTINGS } from './serverSettings.ts';
import type { Setting } from './setting.ts';
import { address, addressRanges, isKey, milliseconds, port, ranges, text, url } from './settingRules.ts';

const EVENT_TTL_MS = 72 * 60 * 60 * 1000;

const requestsPerSecond = (byDefault: number) => Joi.number().integer().min(0).default(byDefault);

/**
 * Every setting of Postrider, once. `.env.example` and the documentation are checked against this list by a test.
 */
export const SETTINGS: readonly Setting[] = [
  ...SERVER_SETTINGS,
  { name: 'PORT', schema: port(3000), example: '3000', about: 'HTTP port of the API. 0 takes a free one.' },
  {
    name: 'WORKER_PORT',
    schema: port(3001),
    example: '3001',
    about: "HTTP port of a worker's health and metrics. 0 takes a free one.",
  },
  {
    name: 'QUEUE_PREFIX',
    schema: Joi.string()
      .pattern(/^[\w.:{}-]{1,100}$/)
      .messages({ 'string.pattern.base': 'must be 1 to 100 letters, digits, or any of _ . : - and braces' })
      .default('postrider'),
    example: 'postrider',
    about: 'Prefix of all keys in Redis, and of the BullMQ queues that mail engines add to.',
  },
  {
    name: 'SHARDS',
    schema: Joi.number().integer().min(1).max(1024).default(1),
    example: '1',
    about: 'Into how many shards webhooks are divided. Change it only while no event is pending.',
  },
  {
    name: 'ENCRYPTION_KEY',
    schema: text(
      (value) => value.split(',').every(isKey),
      '32 bytes in base64, as `openssl rand -base64 32` prints, or a list of such',
    ).required(),
    example: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    about:
      'Encrypts passwords and kept events in MySQL: 32 bytes in base64 (openssl rand -base64 32); older keys after a comma.',
    secret: true,
  },
  {
    name: 'API_CREDENTIALS',
    schema: Joi.string()
      .pattern(/^[^:,@\s]+:[^,\s]+@(\d+|\*)(,[^:,@\s]+:[^,\s]+@(\d+|\*))*$/, 'user:password@clientId')
      .required()
      .messages({
        'string.pattern.name': 'must be comma-separated user:password@clientId (clientId: digits, or *)',
      }),
    example: 'operator:change-me@*,customer:change-me-too@123456789001',
    about: 'Who may use the API: user:password@clientId, comma-separated; * as clientId is an operator.',
    secret: true,
  },
  {
    name: 'TRUSTED_PROXIES',
    schema: addressRanges(),
    example: '',
    about: 'Load balancers whose X-Forwarded-For is believed: addresses or ranges. Default: none.',
  },
  {
    name: 'RATE_LIMIT_PER_USER',
    schema: requestsPerSecond(1000),
    example: '1000',
    about: 'Requests a second that one API user may make, counted over 10 seconds. 0: no limit.',
  },
  {
    name: 'RATE_LIMIT_PER_ADDRESS',
    schema: requestsPerSecond(2000),
    example: '2000',
    about: 'Requests a second that may come from one address, counted over 10 seconds. 0: no limit.',
  },
  {
    name: 'LOGIN_FAILURES',
    schema: Joi.number().integer().min(1).default(100),
    example: '100',
    about: 'After so many wrong passwords in a row, that user may not log in from that address.',
  },
  {
    name: 'LOGIN_LOCK_MS',
    schema: milliseconds(900_000).min(1000),
    example: '900000',
    about: 'How long that lasts, and how long failures are counted.',
  },
  {
    name: 'SESSION_LIFETIME_MS',
    schema: milliseconds(43_200_000)
      .min(60_000)
      .max(30 * 86_400_000),
    example: '43200000',
    about: 'How long after signing in to the console one has to sign in again (12 hours).',
  },
  {
    name: 'TARGET_POLICY',
    schema: Joi.string().valid('strict', 'development').default('strict'),
    example: 'strict',
    about: 'strict: https on port 443 at public addresses. development: also http, any port, any address.',
  },
  {
    name: 'TARGET_ALLOW',
    schema: ranges(),
    example: '',
    about: 'Ranges that are not public but open to targets all the same, such as 10.1.0.0/16. Default: none.',
  },
  {
    name: 'EGRESS_ADDRESS',
    schema: address(),
    example: '',
    about: "This machine's address that deliveries come from. Default: what the system chooses.",
  },
  {
    name: 'EGRESS_PROXY',
    schema: url('http').when('EGRESS_ADDRESS', {
      is: Joi.exist(),
      // biome-ignore lint/suspicious/noThenProperty: Joi's word for it; nobody awaits this.
      then: Joi.forbidden().messages({ 'any.unknown': 'and EGRESS_ADDRESS exclude each other' }),
    }),
    example: '',
    about:
      'http://user:password@host:port, a CONNECT proxy for deliveries; it then has to guard private networks.',
    secret: true,
  },
  {
    name: 'PUBLIC_EGRESS_ADDRESSES',
    schema: addressRanges(),
    example: '',
    about: 'Addresses that customers see deliveries come from: GET /rest/egress tells them. Default: none.',
  },
  {
    name: 'RETRY_INTERVAL_MS',
    schema: milliseconds(10_000),
    example: '10000',
    about: 'How long after a failed transmission the next one follows.',
  },
  {
    name: 'RETRY_MAX_INTERVAL_MS',
    schema: milliseconds(1)
      .min(Joi.ref('RETRY_INTERVAL_MS'))
      .default(Joi.ref('RETRY_INTERVAL_MS'))
      .messages({ 'number.min': 'must not be below RETRY_INTERVAL_MS' }),
    example: '10000',
    about: 'Above RETRY_INTERVAL_MS: exponential backoff with jitter up to this. Default: RETRY_INTERVAL_MS.',
  },
  {
    name: 'EVENT_TTL_MS',
    schema: milliseconds(EVENT_TTL_MS),
    example: String(EVENT_TTL_MS),
    about: "How long after an event's creation its delivery is tried (72 hours).",
  },
  {
    name: 'BATCH_SIZE',
    schema: Joi.number().integer().min(1).max(100).default(100),
    example: '100',
    about: 'How many events one POST carries at most (1 to 100).',
  },
  {
    name: 'DELIVERY_TIMEOUT_MS',
    schema: milliseconds(30_000),
    example: '30000',
    about: 'How long a target may take for its answer.',
  },
  ...KEEPING_SETTINGS,
  ...NOTICE_SETTINGS,
  {
    name: 'WEBHOOKS_PER_CLIENT',
    schema: Joi.number().integer().min(1).default(50),
    example: '50',
    about: 'How many webhooks a client may have.',
  },
  {
    name: 'SHUTDOWN_TIMEOUT_MS',
    schema: milliseconds(25_000),
    example: '25000',
    about: "How long a process may take to stop. Keep it below the orchestrator's kill.",
  },
  ...OBSERVING_SETTINGS,
];
