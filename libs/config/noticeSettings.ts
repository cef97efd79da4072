import Joi from 'joi';
import type { Setting } from './setting.ts';
import { milliseconds, url } from './settingRules.ts';

/** What operators are told of webhooks, and when. */
export const NOTICE_SETTINGS: readonly Setting[] = [
  {
    name: 'NOTIFY_AFTER_MS',
    schema: milliseconds(900_000),
    example: '900000',
    about: 'After so long with nothing but failures, operators are told that a webhook fails.',
  },
  {
    name: 'NOTIFY_URL',
    schema: url('http', 'https'),
    example: '',
    about:
      'Where notices are POSTed to, as JSON; also a private address. Default: they are only logged and counted.',
    secret: true,
  },
  {
    name: 'SUSPEND_AFTER_HOURS',
    schema: Joi.number().min(0).default(0),
    example: '0',
    about: 'After so many hours with nothing but failures, a webhook is suspended. 0: never.',
  },
];
