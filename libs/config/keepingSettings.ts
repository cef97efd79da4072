import Joi from 'joi';
import type { Setting } from './setting.ts';

const MAX_DAYS = 3650;

const days = (byDefault: number) => Joi.number().integer().min(0).max(MAX_DAYS).default(byDefault);

/** What is kept in MySQL of deliveries: their log, and events once they have left their backlog. */
export const KEEPING_SETTINGS: readonly Setting[] = [
  {
    name: 'DELIVERY_LOG_DAYS',
    schema: days(7),
    example: '7',
    about:
      'How many days the log of deliveries and their hourly counts are kept in MySQL. 0: neither is written.',
  },
  {
    name: 'DISCARDED_DAYS',
    schema: days(7),
    example: '7',
    about:
      'How many days discarded events are kept in MySQL, encrypted, so that they can be resent. 0: not at all.',
  },
  {
    name: 'ARCHIVE_DAYS',
    schema: days(0),
    example: '0',
    about: 'How many days delivered events are kept there, to be resent too. 0: not at all.',
  },
];
