import { SESSION_COOKIE } from '../access/sessions.ts';
import { PROBLEMS, type ProblemName } from '../problem.ts';
import { VENDOR_TYPE } from '../respond.ts';
import { ANSWER_SCHEMAS } from './answerSchemas.ts';
import { type JsonSchema, joiToJsonSchema } from './joiToJsonSchema.ts';
import { type Operation, TAGS } from './operation.ts';
import { OPERATIONS } from './operations.ts';

/** Of the interface, not of the program: it grows when the contract changes. */
const API_VERSION = '1.0.0';

/** What may happen to any request below /rest. */
const COMMON_PROBLEMS: readonly ProblemName[] = [
  'invalid-request',
  'unauthorized',
  'forbidden',
  'too-many-requests',
  'unavailable',
];

const DESCRIPTION = `
Delivers the events of an e-mail marketing platform (opens, clicks, bounces …) to its customers' own systems, in
real time. Field names and status codes are those of the Optimizely Campaign REST API.

Bodies may be JSON or forms. Errors are problem details (RFC 9457) that name all wrong fields at once.
`.trim();

/** The OpenAPI 3.1 document of the API, made of the schemas that validate its requests. */
export function createDocument(): JsonSchema {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Postrider',
      version: API_VERSION,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This server' }],
    security: [{ basic: [] }, { session: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: paths(),
    components: {
      schemas: ANSWER_SCHEMAS,
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'A user of one client, or an operator.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: SESSION_COOKIE,
          description: 'From pages of this server only; see signIn.',
        },
      },
    },
  };
}

function paths(): JsonSchema {
  const byPath: Record<string, JsonSchema> = {};
  for (const operation of OPERATIONS) {
    const { path, method } = operation;
    byPath[path] ??= { parameters: pathParameters(path) };
    byPath[path] = { ...byPath[path], [method]: describeOperation(operation) };
  }
  return byPath;
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'integer', format: 'int64', minimum: 1 },
    example: name === 'clientId' ? 123456789001 : 4711,
  }));
}

function describeOperation(operation: Operation): JsonSchema {
  const { id, tag, summary, description, query, body, content, headers = [], isOpen } = operation;
  const parameters = [...(query ? queryParameters(joiToJsonSchema(query)) : []), ...headers];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(isOpen && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(joiToJsonSchema(body)) }),
    ...(content && { requestBody: { required: true, content: mediaTypes(content) } }),
    responses: { [operation.answer.status]: success(operation.answer), ...problems(operation) },
  };
}

function queryParameters({ properties, required = [] }: JsonSchema): JsonSchema[] {
  return Object.entries(properties as Record<string, JsonSchema>).map(
    ([name, { description, ...schema }]) => ({
      name,
      in: 'query',
      required: (required as string[]).includes(name),
      ...(description !== undefined && { description }),
      schema,
    }),
  );
}

/** In a form, `authentication` is the JSON text of the object. */
function requestBody(schema: JsonSchema): JsonSchema {
  const hasAuthentication = Object.hasOwn((schema.properties as object | undefined) ?? {}, 'authentication');
  const encoding = hasAuthentication && { encoding: { authentication: { contentType: 'application/json' } } };
  return {
    required: true,
    content: {
      'application/json': { schema },
      'application/x-www-form-urlencoded': { schema, ...encoding },
    },
  };
}

function mediaTypes(schemas: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema }]));
}

function success({ description, schema, isArray, location }: Operation['answer']): JsonSchema {
  const ref = { $ref: `#/components/schemas/${schema}` };
  const content = { schema: isArray ? { type: 'array', items: ref } : ref };
  return {
    description,
    ...(location && { headers: { Location: header('Where the new webhook is.') } }),
    ...(schema && { content: { 'application/json': content, [VENDOR_TYPE]: content } }),
  };
}

function problems({ problems: own }: Operation): JsonSchema {
  const names: ProblemName[] = [...new Set([...COMMON_PROBLEMS, ...own])];
  const byStatus = Map.groupBy(names, (name) => PROBLEMS[name].status);
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, problem(status, group)]));
}

function problem(status: number, names: readonly ProblemName[]): JsonSchema {
  const headers = HEADERS[status];
  return {
    description: `${names.map((name) => PROBLEMS[name].title).join('; or: ')}.`,
    ...(headers && { headers }),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

const HEADERS: Readonly<Record<number, JsonSchema>> = {
  401: { 'WWW-Authenticate': header('Basic; for the console, Session') },
  429: { 'Retry-After': header('In how many seconds to try again.') },
  503: { 'Retry-After': header('In how many seconds to try again.') },
};

function header(description: string): JsonSchema {
  return { description, schema: { type: 'string' } };
}
