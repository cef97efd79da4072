import type Joi from 'joi';

/** JSON Schema 2020-12, which OpenAPI 3.1 speaks. */
export type JsonSchema = Readonly<Record<string, unknown>>;

type Description = Joi.Description;
type Keys = Readonly<Record<string, Description>>;

/** A condition on a field beside it, in the two forms that our schemas use. */
interface Condition {
  readonly sibling: string;
  /** The sibling's value; undefined: that it is there at all. */
  readonly value: unknown;
  /** The field's presence when the condition holds, and when not. */
  readonly yes: string;
  readonly no: string;
}

/**
 * The JSON Schema of a Joi schema, so that the document describes what is validated. It says a little less: what
 * a function checks is only in the description, and that an empty field of a form counts as left out is not told.
 * A part of Joi that is not known here throws, so that nothing is ever left out in silence.
 */
export function joiToJsonSchema(schema: Joi.Schema): JsonSchema {
  return convert(schema.describe());
}

function convert(description: Description): JsonSchema {
  const { type, flags = {}, examples } = description;
  const { description: text, default: byDefault, result } = flags as Record<string, unknown>;
  if (result === 'strip') return { readOnly: true, description: 'Ignored.' };
  return {
    ...convertType(type ?? 'any', description),
    ...(text !== undefined && { description: text }),
    ...(byDefault !== undefined && { default: byDefault }),
    ...(examples && { examples }),
  };
}

function convertType(type: string, description: Description): JsonSchema {
  switch (type) {
    case 'string':
      return convertString(description);
    case 'number':
      return convertNumber(description);
    case 'object':
      return convertObject(description);
    case 'array':
      return convertArray(description);
    default:
      throw new Error(`A Joi schema of type "${type}" can't be put into the OpenAPI document yet.`);
  }
}

function convertString({ flags, allow = [], rules }: Description): JsonSchema {
  if (isFixedList(flags)) return { type: 'string', enum: allow };
  const limits = Object.assign({}, ...rulesOf(rules).map(stringLimit));
  return { type: 'string', ...(!allow.includes('') && { minLength: 1 }), ...limits };
}

function stringLimit({ name, args }: Rule): JsonSchema {
  switch (name) {
    case 'max':
      return { maxLength: args.limit };
    case 'pattern':
      return { pattern: String(args.regex).replace(/^\/(.*)\/[a-z]*$/, '$1') };
    case 'custom':
      return {};
    default:
      throw new Error(`Joi's rule string.${name} can't be put into the OpenAPI document yet.`);
  }
}

function convertNumber({ allow = [], rules }: Description): JsonSchema {
  const { type, ...limits } = Object.assign({ type: 'number' }, ...rulesOf(rules).map(numberLimit));
  return { type: allow.includes(null) ? [type, 'null'] : type, ...limits };
}

function numberLimit({ name, args }: Rule): JsonSchema {
  switch (name) {
    case 'integer':
      return { type: 'integer' };
    case 'min':
      return { minimum: args.limit };
    case 'max':
      return { maximum: args.limit };
    default:
      throw new Error(`Joi's rule number.${name} can't be put into the OpenAPI document yet.`);
  }
}

/** That a single item needs no brackets, as forms want it, is not told. */
function convertArray({ items = [], rules }: Description & { items?: Description[] }): JsonSchema {
  const [item] = items;
  const limits = Object.assign({}, ...rulesOf(rules).map(arrayLimit));
  return { type: 'array', ...(item && { items: convert(item) }), ...limits };
}

function arrayLimit({ name, args }: Rule): JsonSchema {
  switch (name) {
    case 'min':
      return { minItems: args.limit };
    case 'max':
      return { maxItems: args.limit };
    default:
      throw new Error(`Joi's rule array.${name} can't be put into the OpenAPI document yet.`);
  }
}

/** Fields that depend on a sibling's value, of a fixed list, make one schema for each of its values. */
function convertObject({ keys = {}, flags }: Description & { keys?: Keys }): JsonSchema {
  const conditions = Object.values(keys).flatMap(conditionsOf);
  const chooser = conditions.find(({ value }) => value !== undefined)?.sibling;
  const closed = !(flags as { unknown?: boolean } | undefined)?.unknown;
  if (chooser === undefined) return objectOf(keys, closed);
  const values: unknown[] = keys[chooser]?.allow ?? [];
  return { oneOf: values.map((value) => variant(keys, { chooser, value, closed })) };
}

function variant(keys: Keys, choice: { chooser: string; value: unknown; closed: boolean }): JsonSchema {
  const { chooser, value, closed } = choice;
  const fields = Object.entries(keys).flatMap(([name, field]): [string, Description][] => {
    const presence = conditionsOf(field).map((one) => (one.value === value ? one.yes : one.no))[0];
    if (presence === 'forbidden') return [];
    const { whens: _, ...rest } = field;
    return [[name, presence === undefined ? rest : { ...rest, flags: { ...field.flags, presence } }]];
  });
  const schema = objectOf(Object.fromEntries(fields), closed);
  const properties = { ...(schema.properties as object), [chooser]: { type: 'string', const: value } };
  return { title: String(value), ...schema, properties };
}

function objectOf(keys: Keys, closed: boolean): JsonSchema {
  const required = Object.keys(keys).filter((name) => presenceOf(keys[name]) === 'required');
  const properties = Object.entries(keys).map(([name, field]) => [name, convert(field)]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    ...(closed && { additionalProperties: false }),
    ...dependencies(keys),
  };
}

/** What the mere presence of one field means for another. */
function dependencies(keys: Keys): JsonSchema {
  const needs: Record<string, string[]> = {};
  const excludes: Record<string, JsonSchema> = {};
  for (const [name, field] of Object.entries(keys)) {
    for (const { sibling, yes, no } of conditionsOf(field)) {
      if (yes === 'required') needs[sibling] = [...(needs[sibling] ?? []), name];
      if (yes === 'forbidden') excludes[sibling] = { properties: { [name]: false } };
      if (no === 'forbidden') needs[name] = [...(needs[name] ?? []), sibling];
    }
  }
  return {
    ...(Object.keys(needs).length > 0 && { dependentRequired: needs }),
    ...(Object.keys(excludes).length > 0 && { dependentSchemas: excludes }),
  };
}

interface When {
  readonly ref: { readonly path: readonly string[] };
  readonly is: Description;
  readonly then: Description;
  readonly otherwise?: Description;
}

function conditionsOf({ whens = [] }: Description & { whens?: readonly When[] }): Condition[] {
  return whens.map(({ ref, is, then: yes, otherwise: no }) => {
    const [sibling = ''] = ref.path;
    const value = isFixedList(is.flags)
      ? is.allow?.find((one: unknown) => typeof one === 'string')
      : undefined;
    return { sibling, value, yes: presenceOf(yes), no: presenceOf(no) };
  });
}

function presenceOf(description: Description | undefined): string {
  return (description?.flags as { presence?: string } | undefined)?.presence ?? 'optional';
}

function isFixedList(flags: object | undefined): boolean {
  return flags !== undefined && 'only' in flags && flags.only === true;
}

interface Rule {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

function rulesOf(rules: readonly unknown[] | undefined): Rule[] {
  return (rules ?? []).map((rule) => ({ args: {}, ...(rule as Omit<Rule, 'args'>) }));
}
