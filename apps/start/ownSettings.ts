import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

type Settings = Readonly<Record<string, string | undefined>>;

/** What `npm start` needs and nobody should have to invent: made once, then read from the file. */
const MADE: Readonly<Record<string, () => string>> = {
  ENCRYPTION_KEY: () => randomBytes(32).toString('base64'),
  API_CREDENTIALS: () => `operator:${randomBytes(18).toString('base64url')}@*`,
};

/** The settings of `environment` and, for what it lacks, those of the file, which is made if need be. */
export async function withOwnSettings(
  environment: Settings,
  path: string,
): Promise<{ readonly settings: Settings; readonly made: readonly string[] }> {
  const stored = existsSync(path) ? parse(await readFile(path, 'utf8')) : {};
  const lacking = Object.keys(MADE).filter((name) => !environment[name]);
  const made = lacking.filter((name) => !stored[name]);
  const own = Object.fromEntries(lacking.map((name) => [name, stored[name] ?? MADE[name]?.() ?? '']));
  if (made.length > 0) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, format({ ...stored, ...own }), { mode: 0o600 });
  }
  return { settings: { ...environment, ...own }, made };
}

function format(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return `# Made by npm start. Keep it: without the key, the stored passwords of webhooks can't be read.\n${lines.join('\n')}\n`;
}

function parse(text: string): Record<string, string> {
  const pairs = text.split('\n').map((line) => /^([A-Z_]+)=(.+)$/.exec(line));
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1], pair[2]]] : [])));
}
