import { CredentialCipher } from '../credentialCipher.ts';
import { Database } from '../database.ts';
import { WebhookStore } from '../webhookStore.ts';

const KEY = Buffer.alloc(32, 7);

const cipher = new CredentialCipher({ keys: [KEY] });

/** A store as the API has it, on a database that has been migrated. */
export function openStore(parts: { databaseUrl: string; webhooksPerClient?: number; now?: () => Date }) {
  const { databaseUrl, webhooksPerClient = 50, now = () => new Date() } = parts;
  const database = new Database({ databaseUrl });
  return { database, store: new WebhookStore({ database, cipher, webhooksPerClient, now }) };
}
