import { open, readFile, rm } from 'node:fs/promises';
import type { Webhook } from '#libs/apiClient/answers.ts';
import { UsageError } from './usage.ts';

/** Only for its owner. */
const SECRET_MODE = 0o600;

/**
 * A secret that the API has made is in one answer and never again: it goes into the file, which is there before the API
 * is asked, and nowhere else. Returns the webhook without it.
 */
export async function withSecretFile(
  path: string | undefined,
  ask: () => Promise<Webhook>,
): Promise<Webhook> {
  if (path === undefined) return withoutSecret(await ask());
  const file = await open(path, 'wx', SECRET_MODE).catch(
    refuse(path, 'written', 'give a file that is not there'),
  );
  try {
    const webhook = await ask();
    const { authentication } = webhook;
    if (authentication.type !== 'standardWebhooks' || !authentication.secret) {
      throw new Error('The API has made no secret.');
    }
    await file.writeFile(`${authentication.secret}\n`);
    return withoutSecret(webhook);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

export async function readSecretFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(
    refuse(path, 'read', 'give the file that create or update wrote'),
  );
  return text.trim();
}

function refuse(path: string, what: string, advice: string): (error: NodeJS.ErrnoException) => never {
  return ({ code }) => {
    throw new UsageError(`The secret can't be ${what}, ${path} (${code}): ${advice}.`);
  };
}

function withoutSecret(webhook: Webhook): Webhook {
  const { authentication } = webhook;
  if (authentication.type !== 'standardWebhooks') return webhook;
  return { ...webhook, authentication: { type: 'standardWebhooks' } };
}
