import type { JsonSchema } from './joiToJsonSchema.ts';

/** Parts of which the answers are described. */

export const id = { type: 'integer', format: 'int64', minimum: 1, examples: [4711] };
export const text = { type: 'string' };
export const time = { type: 'string', format: 'date-time', examples: ['2026-03-01T12:00:00.000Z'] };
export const count = { type: 'integer', minimum: 0 };

/** All fields must be there but the optional ones, and no others. */
export function object(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}
