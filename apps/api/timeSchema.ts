import Joi from 'joi';

/** A date and a time with its zone: without one, everybody would take it for another time. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/;

/** A time as the API takes it; `Date.parse` reads it. */
export function time(description: string): Joi.StringSchema {
  return Joi.string()
    .empty('')
    .custom((value: string, helpers) => {
      const isTime = ISO_8601.test(value) && !Number.isNaN(Date.parse(value));
      return isTime
        ? value
        : helpers.error('problem', { problem: 'must be a time such as 2026-03-01T12:00:00Z' });
    })
    .description(`${description} ISO 8601, with its zone.`)
    .example('2026-03-01T12:00:00Z');
}
