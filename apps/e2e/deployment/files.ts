import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The project's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export const readText = (path: string): Promise<string> => readFile(ROOT + path, 'utf8');

/** The caller says what it looks at; what is not as it says fails there. */
export async function readYaml<Content>(path: string): Promise<Content> {
  return parse(await readText(path), { merge: true });
}

export async function readJson<Content>(path: string): Promise<Content> {
  return JSON.parse(await readText(path));
}
