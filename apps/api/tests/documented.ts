import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createDocument } from '../openapi/document.ts';
import { OPERATIONS } from '../openapi/operations.ts';
import type { Answer } from './httpClient.ts';

const DOCUMENT = createDocument();
const ajv = addFormats.default(new Ajv2020({ strict: false })).addSchema(DOCUMENT, 'openapi.json');
const ROUTES = OPERATIONS.map(({ method, path }) => {
  return { method, path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) };
});

/** Fails unless the answer is one that the OpenAPI document tells of, in status, media type, headers and body. */
export function expectDocumented(method: string, url: string, answer: Answer): void {
  const [urlPath = ''] = url.split('?');
  const route = ROUTES.find((one) => one.method === method.toLowerCase() && one.pattern.test(urlPath));
  if (!route) return;
  const pointer = ['paths', route.path, route.method, 'responses', String(answer.status)];
  const response = read(DOCUMENT, pointer);
  expect({ method, path: route.path, status: answer.status, isDocumented: response !== undefined }).toEqual({
    method,
    path: route.path,
    status: answer.status,
    isDocumented: true,
  });
  for (const name of Object.keys(read(response, ['headers']) ?? {})) {
    expect(answer.headers).toHaveProperty(name.toLowerCase());
  }
  expectBody(answer, [...pointer, 'content']);
}

function expectBody(answer: Answer, pointer: readonly string[]): void {
  const content = read(DOCUMENT, pointer);
  if (content === undefined) {
    expect(answer.text).toBe('');
    return;
  }
  const [type = ''] = String(answer.headers['content-type']).split(';');
  expect(Object.keys(content)).toContain(type);
  const path = [...pointer, type, 'schema'].map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'));
  const check = ajv.getSchema(`openapi.json#/${path.map(encodeURIComponent).join('/')}`);
  expect({ matches: check?.(answer.body), errors: check?.errors }).toEqual({ matches: true, errors: null });
}

function read(value: unknown, path: readonly string[]): object | undefined {
  return path.reduce((at, name) => (at as Record<string, unknown> | undefined)?.[name], value) as
    | object
    | undefined;
}
