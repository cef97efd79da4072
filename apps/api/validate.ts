import type Joi from 'joi';
import { ApiProblem } from './problem.ts';

/** A hostile body may be wrong in thousands of places. */
const MAX_ERRORS = 50;

/** Messages follow the field's name, and never show a value: it may be a password. */
const MESSAGES = {
  'any.required': 'is required',
  'any.unknown': 'does not belong to this type of authentication',
  'any.only': 'must be one of {{#valids}}',
  'string.base': 'must be a text',
  'string.empty': 'must not be empty',
  'string.max': 'must have at most {{#limit}} characters',
  'string.pattern.base': 'has a form that it never has',
  'number.base': 'must be a number',
  'number.integer': 'must be a whole number',
  'number.min': 'must be at least {{#limit}}',
  'number.max': 'must be at most {{#limit}}',
  'number.unsafe': `must be at most ${Number.MAX_SAFE_INTEGER}`,
  'number.infinity': 'must be a number',
  'array.base': 'must be a list',
  'array.min': 'must have at least {{#limit}} items',
  'array.max': 'must have at most {{#limit}} items',
  'object.base': 'must be an object',
  'object.unknown': 'is not a field that can be set',
  problem: '{{#problem}}',
};

/** The value, its defaults filled in; or a problem that names every wrong field. */
export function validate<T>(value: unknown, schema: Joi.ObjectSchema): T {
  const result = schema.validate(value ?? {}, {
    abortEarly: false,
    errors: { label: false },
    messages: MESSAGES,
  });
  if (!result.error) return result.value;
  const errors = result.error.details.slice(0, MAX_ERRORS).map(({ path, message }) => {
    return { field: path.join('.'), message };
  });
  const detail = errors.map(({ field, message }) => `${field || 'The body'} ${message}`).join('; ');
  throw new ApiProblem('invalid-request', `${detail}.`, { errors });
}
