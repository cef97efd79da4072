import { join } from 'node:path';
import { createDocument } from './document.ts';
import type { JsonSchema } from './joiToJsonSchema.ts';

/** Where the console and the command line have them. `npx node scripts/describeApi.ts` writes the file, and a test compares. */
export const ANSWERS_PATH = join(import.meta.dirname, '../../../libs/apiClient/answers.ts');

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

interface OperationObject {
  readonly operationId?: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

/** The schemas of the document as TypeScript: what is answered by its name, what is sent by its operation's. */
export function answersModule(): string {
  const { paths, components } = createDocument() as unknown as Document;
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  const answers = Object.entries(components.schemas);
  const bodies = operations.flatMap(({ operationId, requestBody }): [string, JsonSchema][] => {
    const schema = requestBody?.content['application/json']?.schema;
    return operationId && schema ? [[`${capitalized(operationId)}Body`, schema]] : [];
  });
  const types = [...answers, ...bodies].map(([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`);
  const eventTypes = readEnum(components.schemas.Webhook, 'type').map(literal).join(', ');
  const list = `export const EVENT_TYPES = [${eventTypes}] as const;\n`;
  return `/* Made of the OpenAPI document by scripts/describeApi.ts. */\n\n${[list, ...types].join('\n')}`;
}

function readEnum(schema: JsonSchema | undefined, field: string): readonly unknown[] {
  const properties = schema?.properties as Readonly<Record<string, JsonSchema>> | undefined;
  return (properties?.[field]?.enum as readonly unknown[] | undefined) ?? [];
}

function typeOf(schema: JsonSchema): string {
  const { $ref, oneOf, type, items } = schema;
  if ('const' in schema) return literal(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map(literal).join(' | ');
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? 'unknown';
  if (Array.isArray(oneOf)) return oneOf.map(typeOf).join(' | ');
  if (Array.isArray(type)) return type.map((each) => typeOf({ ...schema, type: each })).join(' | ');
  if (type === 'array') return `readonly (${typeOf(items as JsonSchema)})[]`;
  if (type === 'object') return objectType(schema);
  return PLAIN[String(type)] ?? 'unknown';
}

const PLAIN: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

function objectType({ properties = {}, required = [] }: JsonSchema): string {
  const fields = Object.entries(properties as Record<string, JsonSchema>)
    .filter(([, schema]) => !schema.readOnly)
    .map(([name, schema]) => {
      const optional = (required as string[]).includes(name) ? '' : '?';
      return `readonly ${name}${optional}: ${typeOf(schema)};`;
    });
  return `{ ${fields.join(' ')} }`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
