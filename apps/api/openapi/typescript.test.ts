import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { ANSWERS_PATH, answersModule } from './typescript.ts';

it('the types of the clients are those of the OpenAPI document: npx node scripts/describeApi.ts', async () => {
  expect(await readFile(ANSWERS_PATH, 'utf8')).toBe(answersModule());
});
