import { ConfigError, loadConfig } from '#libs/config/loadConfig.ts';
import { KeptCipher } from '#libs/keptEvents/keptCipher.ts';
import { type KeptRotation, rotateKept } from '#libs/keptEvents/rotateKept.ts';
import { CredentialCipher } from '#libs/store/credentialCipher.ts';
import { Database } from '#libs/store/database.ts';
import { type RotationProgress, rotateKeys } from '#libs/store/keyRotation.ts';
import { StoreUnavailable } from '#libs/store/storeErrors.ts';

/**
 * `npm run rotate-keys`: encrypts the secrets of all webhooks, and all kept events, with the first key of
 * ENCRYPTION_KEY, of which the older ones follow. Exit code 0: the older keys are no longer needed; 1: not yet, run it again; 2: wrong settings.
 */
const INTERRUPTED = 'Interrupted. What is done stays done; run it again for the rest.';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describeProgress({ looked, total, encrypted }: RotationProgress): string {
  return `${looked} of ${total} webhooks looked at, ${encrypted} secrets encrypted anew`;
}

function describeKept({ looked, encrypted }: KeptRotation): string {
  return `${looked} chunks of kept events looked at, ${encrypted} encrypted anew`;
}

function summarize({ unreadable }: RotationProgress, kept: KeptRotation, interrupted: boolean): number {
  if (unreadable.length > 0) {
    say(`None of the keys opens the secrets of these webhooks: ${unreadable.join(', ')}.`);
  }
  if (kept.unreadable > 0) say(`None of the keys opens ${kept.unreadable} chunks of kept events.`);
  const isReadable = unreadable.length === 0 && kept.unreadable === 0;
  if (!isReadable) {
    say('Add the key that they were encrypted with to the end of ENCRYPTION_KEY and run it again.');
  }
  if (interrupted) say(INTERRUPTED);
  const isDone = isReadable && !interrupted;
  if (isDone) say('Done. Take the older keys out of ENCRYPTION_KEY and restart the API and the workers.');
  return isDone ? 0 : 1;
}

async function main(): Promise<number> {
  const config = loadConfig(process.env);
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const database = new Database(config);
  try {
    const progress = await rotateKeys({
      database,
      cipher: new CredentialCipher({ keys: config.encryptionKeys }),
      onProgress: (now) => say(describeProgress(now)),
      signal: interruption.signal,
    });
    if (progress.looked === 0) say(describeProgress(progress));
    const kept = await rotateKept({
      database,
      cipher: new KeptCipher({ keys: config.encryptionKeys }),
      onProgress: (now) => say(describeKept(now)),
      signal: interruption.signal,
    });
    return summarize(progress, kept, interruption.signal.aborted);
  } finally {
    await database.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof StoreUnavailable)) throw error;
  say(error.message);
  if (error instanceof StoreUnavailable) say(INTERRUPTED);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
