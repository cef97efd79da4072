import { writeFile } from 'node:fs/promises';
import { ANSWERS_PATH, answersModule } from '../apps/api/openapi/typescript.ts';

/** Writes the types of the API's answers and requests for those who use it, made of the OpenAPI document. */
await writeFile(ANSWERS_PATH, answersModule());
